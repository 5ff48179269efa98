#include "inbound/reply_text.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "mime/message.h"

namespace inbound {
namespace {

TEST(ReplyText, IsTheWholeTextWhereNothingIsQuoted) {
    EXPECT_EQ(reply_text_of("Hello,\n\nfine with me.\n"), "Hello,\n\nfine with me.");
    EXPECT_EQ(reply_text_of("\n\n  indented\n\n\n"), "  indented");
    EXPECT_EQ(reply_text_of(""), "");
    EXPECT_EQ(reply_text_of(" \r\n\t\r\n"), "");
    EXPECT_EQ(reply_text_of("two\n\n\n\nparagraphs"), "two\n\n\n\nparagraphs");
}

TEST(ReplyText, ReadsCrlfAndLfAlike) {
    const std::string mail =
        "Sure.\n\nBest\n\nOn Mon, 2 Nov 2026 at 10:11, Ann <ann@example.com> wrote:\n> Hi\n>\n> "
        "Ann\n";
    EXPECT_EQ(reply_text_of(mail), "Sure.\n\nBest");
    EXPECT_EQ(reply_text_of(base::replace_all(mail, "\n", "\r\n")), "Sure.\n\nBest");
}

// What mail programs write above the mail they quote.
const std::vector<std::string> kAttributions = {
    "On Mon, Nov 2, 2026 at 10:11 AM Ann Example <ann@example.com> wrote:",
    "On Mon, Nov 2, 2026 at 10:11\xe2\x80\xaf"
    "AM Ann Example <ann@example.com> wrote:",
    "On 02/11/2026 10:11, Ann Example wrote:",
    "On 2 Nov 2026, at 10:11, Ann <ann@example.com> wrote:",
    "On Monday, November 2, 2026, Ann Example <\nann@example.com> wrote:",
    "On Mon, Nov 2, 2026 at 10:11 AM A Very Long Name Indeed <ann@example.com\n> wrote:",
    "On Mon, 2 Nov 2026 at 10:11,\nAnn Example\n<ann@example.com>\nwrote:",
    "---- On Mon, 02 Nov 2026 10:11:12 +0100 ann@example.com wrote ----",
    "Ann Example <ann@example.com> wrote:",
    "Ann Example <ann@example.com> writes:",
    "---- Ann Example wrote ----",
    "On Mon, 2 Nov 2026 at 10:11 Ann Example\n\n<\nmailto:Ann <ann@example.com>\n> wrote:",
    "Missatge de Ann Example <ann@example.com> del dia dl., 2 de nov. 2026 a les 10:11:",
    "O luns, 2 nov. 2026 ás 10:11, Ann Example (<ann@example.com>) escribiu:",
    "2026-11-02, pr, 10:11 Ann Example <ann@example.com> rašė:",
    "pon, 2. stu 2026. u 10:11 Ann Example <ann@example.com> napisao/la je:",
    "2026-11-02 10:11 GMT+01:00 Ann Example <ann@example.com>:",
    "2026/11/2 Ann Example <ann@example.com>",
    "Am 02.11.2026 um 10:11 schrieb Ann Example:",
    "Am Mo., 2. Nov. 2026 um 10:11 Uhr schrieb Ann Example <ann@example.com>:",
    "Ann Example <ann@example.com> schrieb am Mo., 2. Nov. 2026,\n10:11:",
    "Le lun. 2 nov. 2026 à 10:11, Ann Example <ann@example.com> a écrit :",
    "Le 02/11/2026 à 10:11, Ann Example a écrit :",
    "Le 2 novembre 2026 à 10:11, Ann Example <ann@example.com> a\nécrit :",
    "El lun, 2 nov 2026 a las 10:11, Ann Example (<ann@example.com>) escribió:",
    "El 2/11/26 a las 10:11, Ann Example escribió:",
    "Em seg., 2 de nov. de 2026 às 10:11, Ann Example <ann@example.com> escreveu:",
    "Il giorno lun 2 nov 2026 alle ore 10:11 Ann Example <ann@example.com> ha scritto:",
    "Il 02/11/2026 10:11, Ann Example ha scritto:",
    "Op ma 2 nov. 2026 om 10:11 schreef Ann Example <ann@example.com>:",
    "Op 2 nov. 2026 om 10:11 heeft Ann Example <ann@example.com> het volgende\ngeschreven:",
    "Den mån 2 nov. 2026 kl 10:11 skrev Ann Example <ann@example.com>:",
    "Den man. 2. nov. 2026 kl. 10.11 skrev Ann Example <ann@example.com>:",
    "man. 2. nov. 2026 kl. 10:11 skrev Ann Example <ann@example.com>:",
    "ma 2. marrask. 2026 klo 10.11 Ann Example (ann@example.com) kirjoitti:",
    "pon., 2 lis 2026 o 10:11 Ann Example <ann@example.com> napisał(a):",
    "W dniu 02.11.2026 o 10:11, Ann Example pisze:",
    "po 2. 11. 2026 v 10:11 odesílatel Ann Example <ann@example.com> napsal:",
    "Dne 2. 11. 2026 v 10:11 Ann Example napsal(a):",
    "po 2. 11. 2026 o 10:11 Ann Example <ann@example.com> napísal(a):",
    "Ann Example <ann@example.com> ezt írta (időpont: 2026. nov. 2., H,\n10:11):",
    "În lun., 2 nov. 2026 la 10:11, Ann Example <ann@example.com> a scris:",
    "Ann Example <ann@example.com>, 2 Kas 2026 Pzt, 10:11 tarihinde şunu\nyazdı:",
    "пн, 2 нояб. 2026 г. в 10:11, Ann Example <ann@example.com>:",
    "02.11.2026 10:11, Ann Example пишет:",
    "2 ноября 2026 г., 10:11 пользователь Ann Example <ann@example.com> написал:",
    "пн, 2 лист. 2026 р. о 10:11 Ann Example <ann@example.com> пише:",
    "На пн, 2.11.2026 г. в 10:11 Ann Example <ann@example.com> написа:",
    "Στις Δευ 2 Νοε 2026 στις 10:11 ο χρήστης Ann Example\n<ann@example.com> έγραψε:",
    "בתאריך יום ב׳, 2 בנוב׳ 2026 ב-10:11 מאת Ann Example <ann@example.com>:",
    "Vào Th 2, 2 thg 11, 2026 vào lúc 10:11 Ann Example <ann@example.com> đã viết:",
    "Pada tanggal Sen, 2 Nov 2026 pukul 10.11 Ann Example <ann@example.com> menulis:",
    "2026年11月2日(月) 10:11 Ann Example <ann@example.com>:",
    "Ann Example <ann@example.com> 于2026年11月2日周一 10:11写道：",
    "在 2026年11月2日，上午10:11，Ann Example <ann@example.com> 写道：",
    "2026년 11월 2일 (월) 오전 10:11, Ann Example <ann@example.com>님이 작성:",
};

TEST(ReplyText, EndsAtTheAttributionOfEveryLanguage) {
    for (const std::string& attribution : kAttributions) {
        const std::string quoted =
            "Fine with me.\n\n" + attribution + "\n\n> Shall we?\n>\n> Ann\n";
        EXPECT_EQ(reply_text_of(quoted), "Fine with me.") << attribution;
        const std::string plain = "Fine with me.\n\n" + attribution + "\n\nShall we?\n\nAnn\n";
        EXPECT_EQ(reply_text_of(plain), "Fine with me.") << attribution;
        const std::string close = "Fine with me.\n" + attribution + "\n> Shall we?\n";
        EXPECT_EQ(reply_text_of(close), "Fine with me.") << attribution;
    }
}

TEST(ReplyText, TakesTheAnswerBelowAQuote) {
    for (const std::string& attribution : kAttributions) {
        const std::string mail = attribution + "\n> Shall we?\n> Ann\n\nFine with me.\n\nBob\n";
        EXPECT_EQ(reply_text_of(mail), "Fine with me.\n\nBob") << attribution;
    }
}

TEST(ReplyText, KeepsAnswersBetweenQuotedLines) {
    const std::string mail =
        "Hi Ann,\n\nOn 2 Nov 2026, Ann <ann@example.com> wrote:\n> Tuesday?\n\nYes.\n\n"
        "> Or rather Friday,\n> at ten?\n\nNo.\n> Who comes?\nOnly me.\n\n-- \nBob\n";
    EXPECT_EQ(reply_text_of(mail), "Hi Ann,\n\nYes.\n\nNo.\nOnly me.");
}

TEST(ReplyText, KeepsAQuoteThatTheWriterMade) {
    const std::string mail = "> Roses are red\n\nThat's how it starts.\n";
    EXPECT_EQ(reply_text_of(mail), "> Roses are red\n\nThat's how it starts.");
    EXPECT_EQ(reply_text_of("> Only a quote.\n"), "> Only a quote.");
    EXPECT_EQ(reply_text_of("Answer above.\n\n> quoted\n> to the end\n"), "Answer above.");
}

TEST(ReplyText, KnowsANameAndAVerbAboveAQuote) {
    EXPECT_EQ(reply_text_of("Yes.\n\nAnn wrote:\n> Tuesday?\n\nAt ten.\n"), "Yes.\n\nAt ten.");
    EXPECT_EQ(reply_text_of("Ann schrieb:\n\n> Dienstag?\n\nJa.\n"), "Ja.");
    EXPECT_EQ(reply_text_of("As I wrote:\nno."), "As I wrote:\nno.");
}

TEST(ReplyText, KeepsBlankLinesAsTheyAre) {
    EXPECT_EQ(reply_text_of("a\n \n\t\nb\n"), "a\n \n\t\nb");
    EXPECT_EQ(reply_text_of("a\n\xc2\xa0\n-- \nBob"), "a");
    EXPECT_EQ(reply_text_of("\xc2\xa0\na \xc2\xa0 \n\xc2\xa0"), "a");
}

TEST(ReplyText, IsEmptyWhereOnlyAnotherMailStands) {
    EXPECT_EQ(reply_text_of("On 2 Nov 2026, Ann <ann@example.com> wrote:\n> Hi\n"), "");
    EXPECT_EQ(
        reply_text_of("From: ann@example.com\nTo: bob@example.com\nSubject: Hi\n\nHello\n"), ""
    );
    EXPECT_EQ(reply_text_of("-- \nBob\nExample Ltd\n"), "");
}

TEST(ReplyText, SeesAttributionThatSharesALine) {
    EXPECT_EQ(
        reply_text_of("fine! On Mon, Nov 2, 2026 at 3:59 PM, ann@example.com wrote:\n> Hi"), "fine!"
    );
    EXPECT_EQ(
        reply_text_of("gut! Am 02.11.2026 um 15:59 schrieb ann@example.com:\n> Hallo"), "gut!"
    );
}

TEST(ReplyText, TakesAWrappedLineOfAQuoteForQuoted) {
    const std::string mail =
        "Seen.\n\nOn Monday, 2 November 2026 at 3:46 PM, ann wrote:\n\n"
        "> A ticket was opened, see (http://example.com/show\n_number=3)\n>\n> Ann\n";
    EXPECT_EQ(reply_text_of(mail), "Seen.");
}

const std::vector<std::string> kHeaderBlocks = {
    "From: Ann Example <ann@example.com>\nSent: Monday, November 2, 2026 10:11 AM\nTo: Bob\n"
    "Subject: Offer",
    "From: Ann Example <ann@example.com> Sent: Monday, November 2, 2026 10:11 AM To: Bob Subject: "
    "Offer",
    "*From:* Ann Example\n*Sent:* 2026-11-02\n*To:* bob@example.com\n*Subject:* Offer",
    "**From:** Ann Example\n**Date:** 2026-11-02\n**To:** bob@example.com\n**Subject:** Offer",
    "   From: Ann Example\n   Date: 2026-11-02\n   To: bob@example.com\n   Subject: Offer",
    "From: A Long Name\n<a.very.long.address@example.com>\nSent: Monday, November 2, 2026 10:11 "
    "AM\n"
    "To: Bob\nSubject: Offer",
    "________________________________\nFrom: Ann <ann@example.com>\nSent: 2 November 2026\nTo: "
    "Bob\n"
    "Subject: Offer",
    "-----Original Message-----\nFrom: Ann\nSent: 2 November 2026\nTo: Bob\nSubject: Offer",
    "Date: Mon, 2 Nov 2026 10:11:12 +0000\nTo: bob@example.com",
    "Von: Ann Example\nGesendet: Montag, 2. November 2026 10:11\nAn: Bob\nBetreff: Angebot",
    "De : Ann Example\nEnvoyé : lundi 2 novembre 2026 10:11\nÀ : Bob\nObjet : Offre",
    "De: Ann Example\nEnviado: lunes, 2 de noviembre de 2026 10:11\nPara: Bob\nAsunto: Oferta",
    "De: Ann\nEnviada em: segunda-feira, 2 de novembro de 2026\nPara: Bob\nAssunto: Oferta",
    "Da: Ann\nInviato: lunedì 2 novembre 2026 10:11\nA: Bob\nOggetto: Offerta",
    "Van: Ann\nVerzonden: maandag 2 november 2026 10:11\nAan: Bob\nOnderwerp: Aanbod",
    "Från: Ann\nSkickat: den 2 november 2026 10:11\nTill: Bob\nÄmne: Erbjudande",
    "Fra: Ann\nSendt: 2. november 2026 10:11\nTil: Bob\nEmne: Tilbud",
    "Lähettäjä: Ann\nLähetetty: maanantai 2. marraskuuta 2026\nVastaanottaja: Bob\nAihe: Tarjous",
    "Od: Ann\nWysłano: poniedziałek, 2 listopada 2026\nDo: Bob\nTemat: Oferta",
    "Od: Ann\nOdesláno: pondělí 2. listopadu 2026\nKomu: Bob\nPředmět: Nabídka",
    "Feladó: Ann\nElküldve: 2026. november 2.\nCímzett: Bob\nTárgy: Ajánlat",
    "De la: Ann\nTrimis: luni, 2 noiembrie 2026\nCătre: Bob\nSubiect: Ofertă",
    "Kimden: Ann\nGönderildi: 2 Kasım 2026 Pazartesi\nKime: Bob\nKonu: Teklif",
    "От: Ann\nОтправлено: 2 ноября 2026 г. 10:11\nКому: Bob\nТема: Предложение",
    "Від: Ann\nНадіслано: 2 листопада 2026 р.\nКому: Bob\nТема: Пропозиція",
    "Από: Ann\nΣτάλθηκε: 2 Νοεμβρίου 2026\nΠρος: Bob\nΘέμα: Προσφορά",
    "מאת: Ann\nנשלח: 2 בנובמבר 2026\nאל: Bob\nנושא: הצעה",
    "发件人: Ann\n发送时间: 2026年11月2日\n收件人: Bob\n主题: 报价",
    "寄件者: Ann\n寄件日期: 2026年11月2日\n收件者: Bob\n主旨: 報價",
    "差出人: Ann\n送信日時: 2026年11月2日\n宛先: Bob\n件名: 提案",
    "보낸 사람: Ann\n보낸 날짜: 2026년 11월 2일\n받는 사람: Bob\n제목: 제안",
};

TEST(ReplyText, EndsAtTheHeadersOfEveryLanguage) {
    for (const std::string& block : kHeaderBlocks) {
        const std::string mail = "Fine with me.\n\nBob\n\n" + block + "\n\nShall we?\n\nAnn\n";
        EXPECT_EQ(reply_text_of(mail), "Fine with me.\n\nBob") << block;
    }
}

TEST(ReplyText, KeepsAnswersBelowHeadersWithAMarkedQuote) {
    const std::string mail =
        "From: Ann <ann@example.com>\nDate: Mon, 2 Nov 2026 10:11:12 +0100\n\n> "
        "Tuesday?\n\nYes.\n\n"
        "> At ten?\n\nNo.\n";
    EXPECT_EQ(reply_text_of(mail), "Yes.\n\nNo.");
    EXPECT_EQ(reply_text_of("Hi!\n\n" + mail), "Hi!\n\nYes.\n\nNo.");
}

TEST(ReplyText, EndsAtSeparators) {
    for (const std::string separator : {
             "----- Original Message -----",
             "-----original message-----",
             "*-------- Original Message --------*",
             "---------- Forwarded message ---------",
             "-----Ursprüngliche Nachricht-----",
             "-------- Weitergeleitete Nachricht --------",
             "-------- Message d'origine --------",
             "-----Mensaje original-----",
             "-----Mensagem original-----",
             "-----Messaggio originale-----",
             "-----Oorspronkelijk bericht-----",
             "-----Ursprungligt meddelande-----",
             "-----Alkuperäinen viesti-----",
             "-----Oryginalna wiadomość-----",
             "-----Исходное сообщение-----",
             "----- 原始邮件 -----",
             "-----元のメッセージ-----",
             "Begin forwarded message:",
             "Anfang der weitergeleiteten Nachricht:",
         }) {
        const std::string mail = "Fine with me.\n\n" + separator + "\n\nShall we?\n";
        EXPECT_EQ(reply_text_of(mail), "Fine with me.") << separator;
    }
}

TEST(ReplyText, LeavesSignaturesOut) {
    for (const std::string signature : {
             "-- \nBob Example\nExample Ltd",
             "--\nBob Example",
             "—\nBob Example\nExample Ltd",
             "_______________\nBob Example",
             "---\nBob",
             "Sent from my iPhone",
             "Sent from my Example X5, please excuse typos.",
             "Sent from Outlook for iOS<https://example.com/x>",
             "Get Outlook for Android",
             "Von meinem iPhone gesendet",
             "Diese Nachricht wurde von meinem Mobiltelefon gesendet.",
             "Envoyé de mon iPhone",
             "Enviado desde mi iPhone",
             "Enviado do meu iPhone",
             "Inviato da iPhone",
             "Verstuurd vanaf mijn iPhone",
             "Skickat från min iPhone",
             "Sendt fra min iPhone",
             "Lähetetty iPhonesta",
             "Wysłane z iPhone'a",
             "Odesláno z iPhonu",
             "Отправлено с iPhone",
             "Надіслано з iPhone",
             "iPhone'umdan gönderildi",
             "נשלח מה-iPhone שלי",
             "从我的 iPhone 发送",
             "發自我的 iPhone",
             "iPhoneから送信",
             "나의 iPhone에서 보냄",
         }) {
        EXPECT_EQ(reply_text_of("Fine with me.\n\n" + signature + "\n"), "Fine with me.")
            << signature;
        const std::string quoted = "Fine with me.\n\n" + signature +
                                   "\n\nOn 2 Nov 2026, Ann <ann@example.com> wrote:\n> Shall we?\n";
        EXPECT_EQ(reply_text_of(quoted), "Fine with me.") << signature;
        const std::string below =
            "On 2 Nov 2026, Ann <ann@example.com> wrote:\n> Shall we?\n\n"
            "Fine with me.\n\n" +
            signature + "\n";
        EXPECT_EQ(reply_text_of(below), "Fine with me.") << signature;
    }
}

TEST(ReplyText, KeepsWhatOnlyLooksLikeMarks) {
    for (const std::string text : {
             "Sent from my desk, which is easier than from the train.",
             "Blah\nOn the other hand, no.",
             "On Monday I wrote: never again.",
             "In 2019 we met twice:\n- in May\n- in June",
             "Please write to ann@example.com:\nshe knows.",
             "Meeting:\n\nDate: Wednesday 4, November 2026\nTime: 7:00\nAddress: 1 Example Street",
             "A price list\n\nItem      Price\n----------------\nApples 3\nPears 4",
             "I need this:\n-- first\n-- second\n\nThanks!",
             "## Points\n----\n\n1. fast\n2. small\n\n----\n\nMore below the line.",
             "All came from: ann@example.com and to: bob@example.com.",
             "```\n> prompt\n-- \nOn 2 Nov 2026, Ann <ann@example.com> wrote:\n```\n\nThat's it.",
             "Here it is -- not a signature -- and more.",
             "-------- Enter feedback below --------\n\nAll well.",
             "Subject: to change.\nOnly a word of mine.",
             "The samples are there.\n\nSent by courier, they arrived on Monday.",
             "Sent with the parcel\n\nare two more books, which you may keep.",
             "De nada.\nA: yes\nB: no",
         })
        EXPECT_EQ(reply_text_of(text), text);
}

TEST(ReplyText, EndsAtTheLineOfATelephone) {
    const std::string mail = "Fine with me.\n\nGesendet von Outlook für Android\n\nShall we?\n";
    EXPECT_EQ(reply_text_of(mail), "Fine with me.");
    // Above the text it is the program's, too, but the text is the writer's.
    EXPECT_EQ(reply_text_of("Sent from my iPhone\n\nFine with me.\n"), "Fine with me.");
}

TEST(ReplyText, KeepsNamesUnderTheText) {
    const std::string text = "Yes.\n\nBest regards,\nBob";
    EXPECT_EQ(reply_text_of(text + "\n\nOn 2 Nov 2026, Ann <ann@example.com> wrote:\n> Hi"), text);
}

TEST(ReplyText, OfAMailIsReadFromItsPlainText) {
    const mime::Message message = mime::read_message(
        "From: bob@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Gern.\r\n\r\nAm 02.11.2026 um 10:11 schrieb Ann:\r\n> Hallo\r\n"
    );
    EXPECT_EQ(reply_text(message), "Gern.");
}

TEST(ReplyText, OfAMailWithoutPlainWordsIsReadFromItsHtml) {
    const mime::Message message = mime::read_message(
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\n \r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<p>Yes.</p><blockquote>Shall we?</blockquote>\r\n"
        "--b--\r\n"
    );
    EXPECT_EQ(reply_text(message), "Yes.");
}

TEST(ReplyText, OfAnHtmlMailLosesItsBlockquotes) {
    const std::string head = "From: bob@example.com\r\nContent-Type: text/html\r\n\r\n";
    const std::string quote = "<blockquote>Shall we?<br>Ann</blockquote>";
    EXPECT_EQ(
        reply_text(mime::read_message(
            head +
            "<div>Fine with me.</div><div>On 2 Nov 2026, at 10:11, Ann &lt;ann@example.com&gt; "
            "wrote:</div>" +
            quote + "<div>See you.</div>"
        )),
        "Fine with me.\n\nSee you."
    );
    EXPECT_EQ(reply_text(mime::read_message(head + "Fine with me." + quote)), "Fine with me.");
    EXPECT_EQ(reply_text(mime::read_message(head + quote + "Fine with me.")), "Fine with me.");
    EXPECT_EQ(
        reply_text(mime::read_message(
            head + "<p>Fine with me.</p><hr><b>From:</b> Ann<br><b>Sent:</b> 2 November 2026<br>"
                   "<b>To:</b> Bob<br><b>Subject:</b> Offer<p>Shall we?</p>"
        )),
        "Fine with me."
    );
}

}  // namespace
}  // namespace inbound
