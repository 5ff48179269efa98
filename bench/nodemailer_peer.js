// node nodemailer_peer.js PORT SESSIONS MESSAGES
//
// Sends MESSAGES messages of the benchmark's size through Nodemailer's pool (Debian's
// node-nodemailer) in clear, and prints one line of JSON like send_bench.
'use strict';
const nodemailer = require('/usr/share/nodejs/nodemailer');

const [port, sessions, messages] = process.argv.slice(2).map(Number);
if (!port || !sessions || !messages) {
    console.error('usage: node nodemailer_peer.js PORT SESSIONS MESSAGES');
    process.exit(2);
}

const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: sessions,
    maxMessages: Infinity,
});
// As long as bench/sample_mail.cpp's: 2.3 kB with headers, text and HTML.
const line = 'I went through the notes of last week and found two things we have not settled.\n';
const text = 'Hello there,\n\n' + line.repeat(9) + '\nKind regards\n';
const html = '<html><body><p>' + text.replace(/\n\n/g, '</p>\n<p>') + '</p></body></html>';

const start = process.hrtime.bigint();
const cpuStart = process.cpuUsage();
let taken = 0;
let accepted = 0;

function report() {
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const cpu = process.cpuUsage(cpuStart);
    console.log(JSON.stringify({
        path: 'nodemailer',
        sessions,
        messages: accepted,
        seconds,
        messages_per_second: accepted / seconds,
        cpu_us_per_message: (cpu.user + cpu.system) / accepted,
    }));
    transport.close();
}

function sendNext() {
    if (taken === messages) return;
    taken += 1;
    const mail = {
        from: '"Ada Example" <ada@sender.test>',
        to: '"Charles Example" <charles@seed.test>',
        subject: `Notes of last week, number ${taken}`,
        text,
        html,
    };
    transport.sendMail(mail, (error) => {
        if (error) {
            console.error(`nodemailer: ${error.message}`);
            process.exit(1);
        }
        accepted += 1;
        if (accepted === messages) report();
        else sendNext();
    });
}
for (let i = 0; i < sessions; i += 1) sendNext();
