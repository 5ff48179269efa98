// Good drafts in several languages, and what may go wrong with them: for tests of review.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "campaign/merge_fields.h"
#include "campaign/opt_out_words.h"
#include "campaign/records.h"
#include "campaign/settings.h"
#include "campaign/text_template.h"

namespace campaign::test {

struct LanguageTexts {
    const char* language;
    const char* closing;
    std::vector<const char*> subjects;
    std::vector<const char*> bodies;  // {{link}} is a line of its own or nothing
};

inline const std::vector<LanguageTexts>& language_texts() {
    static const std::vector<LanguageTexts> all = {
        {"en",
         "{Best regards|Kind regards|Thanks}",
         {"{Quick question|A thought} for {{company}}", "{{first_name}}, a question"},
         {"{Hi|Hello|Hey} {{first_name}},\n\nI saw that {{company}} is {growing|hiring} in "
          "{{city}}. We help teams with {invoices|paperwork} and save them 7 hours a week.\n\n"
          "{{link}}Would a {short|first} call make sense, {{first_name}}?",
          "{Dear|Good morning} {{name}},\n\nat {{company}} you surely get many mails, so I keep "
          "this short: 120 firms use our tool for their invoices.\n\n{{link}}Shall I send you an "
          "example?"}},
        {"de",
         "{Viele Grüße|Beste Grüße|Mit freundlichen Grüßen}",
         {"Frage zu {{company}}", "{Kurze Idee|Gedanke} für {{company}}"},
         {"{Hallo|Guten Tag} {{first_name}} {{last_name}},\n\nmir ist aufgefallen, dass "
          "{{company}} in {{city}} wächst. Wir nehmen Teams die {Rechnungen|Belege} ab, das spart "
          "7 Stunden in der Woche.\n\n{{link}}Wäre ein {kurzes|erstes} Gespräch sinnvoll?",
          "Guten Tag Frau {{last_name}},\n\nwie geht {{company}} heute mit Rechnungen um? 120 "
          "Firmen arbeiten schon mit uns.\n\n{{link}}Darf ich Ihnen ein Beispiel schicken?"}},
        {"fr",
         "{Cordialement|Bien à vous}",
         {"{Une question|Une idée} pour {{company}}"},
         {"Bonjour {{first_name}},\n\nj'ai vu que {{company}} recrute à {{city}} ! Nous aidons "
          "les équipes à traiter leurs factures et elles gagnent 7 heures par semaine.\n\n"
          "{{link}}Est-ce que cela vous parle ?"}},
        {"es",
         "{Saludos|Un saludo|Atentamente}",
         {"{Una pregunta|Una idea} para {{company}}"},
         {"{Hola|Buenos días} {{first_name}},\n\nhe visto que {{company}} crece en {{city}}. "
          "Ayudamos a los equipos con las facturas y ahorran 7 horas por semana.\n\n{{link}}"
          "¿Le parece bien una llamada corta?"}},
        {"it",
         "{Cordiali saluti|Un saludo|Saluti}",
         {"Una {domanda|idea} per {{company}}"},
         {"{Buongiorno|Gentile|Ciao} {{first_name}},\n\nho visto che {{company}} cresce a "
          "{{city}}. Aiutiamo i team con le fatture: risparmiano 7 ore alla settimana.\n\n{{link}}"
          "Le va una breve chiamata?"}},
        {"pt",
         "{Cumprimentos|Abraço}",
         {"Uma {pergunta|ideia} para a {{company}}"},
         {"{Olá|Bom dia} {{first_name}},\n\nvi que a {{company}} está a crescer em {{city}}. "
          "Ajudamos equipas com as faturas e poupam 7 horas por semana.\n\n{{link}}Faz sentido uma "
          "conversa curta?"}},
        {"nl",
         "{Groeten|Met vriendelijke groet}",
         {"Een {vraag|idee} voor {{company}}"},
         {"{Beste|Hallo|Goedemorgen} {{first_name}},\n\nik zag dat {{company}} groeit in {{city}}. "
          "Wij helpen teams met facturen en dat scheelt 7 uur per week.\n\n{{link}}Zullen we kort "
          "bellen?"}},
        {"pl",
         "{Pozdrawiam|Z poważaniem}",
         {"{Pytanie|Pomysł} dla {{company}}"},
         {"Dzień dobry {{first_name}},\n\nwidzę, że {{company}} rośnie w mieście {{city}}. "
          "Pomagamy zespołom z fakturami i oszczędzają 7 godzin w tygodniu.\n\n{{link}}Czy krótka "
          "rozmowa ma sens?"}},
        {"sv",
         "{Vänliga hälsningar|Hälsningar}",
         {"En {fråga|tanke} till {{company}}"},
         {"{Hej|God morgon} {{first_name}},\n\njag såg att {{company}} växer i {{city}}. Vi "
          "hjälper team med fakturor och de sparar 7 timmar i veckan.\n\n{{link}}Passar ett kort "
          "samtal?"}},
        {"tr",
         "{Saygılarımla|İyi çalışmalar}",
         {"{{company}} için bir {soru|fikir}"},
         {"{Merhaba|Günaydın} {{first_name}},\n\n{{company}} firmasının {{city}} şehrinde "
          "büyüdüğünü gördüm. Ekiplere faturalarda yardım ediyoruz, haftada 7 saat kazanıyorlar."
          "\n\n{{link}}Kısa bir görüşme uygun olur mu?"}},
    };
    return all;
}

inline Settings good_settings(const std::string& language) {
    Settings settings;
    settings.language = language;
    settings.sender_name = "Eva Lindner";
    settings.sender_company = "Papierlos";
    settings.postal_address = "Papierlos GmbH\nHauptstraße 12\n10115 Berlin";
    settings.offer = "A tool for invoices";
    settings.call_to_action = "a call of 15 minutes";
    settings.facts = {"It saves 7 hours a week", "120 firms use it"};
    settings.links = {"https://papierlos.example/demo"};
    settings.banned_phrases = {"cold outreach"};
    return settings;
}

inline Lead good_lead(std::int64_t number, base::Random& random) {
    static const std::vector<std::string> first = {
        "Anna",  "Peter",  "Maria", "Jürgen", "Sofia", "Luca",   "Chloé",   "Henrik", "Zoë",
        "Björn", "Mehmet", "Ayşe",  "Tomasz", "Zofia", "Ingrid", "Carlos",  "Inês",   "Daan",
        "Fenna", "Louise", "Will",  "Grace",  "Mark",  "Rose",   "Jean-Luc"
    };
    static const std::vector<std::string> last = {
        "Schmidt",
        "Weber",
        "O'Brien",
        "García",
        "Rossi",
        "Dupont",
        "Jansen",
        "Kowalski",
        "Nilsson",
        "Yılmaz",
        "Silva",
        "Smith",
        "Müller",
        "Novák",
        "Berg",
        "Meyer-Lang"
    };
    static const std::vector<std::string> stem = {
        "Nordwind",
        "Acme",
        "Globex",
        "Kranich",
        "Solaris",
        "Vistula",
        "Tulipa",
        "Fjordline",
        "Anadolu",
        "Brio",
        "Quantum",
        "Lumen",
        "7-Berge",
        "Orbit",
        "Pixel"
    };
    static const std::vector<std::string> kind = {
        "Logistik GmbH",
        "Handel AG",
        "Software Ltd",
        "Systems Inc.",
        "Consulting",
        "S.A.",
        "BV",
        "Sp. z o.o.",
        "AB",
        "Ticaret A.Ş.",
        "Labs",
        "& Söhne KG"
    };
    static const std::vector<std::string> city = {
        "Berlin", "Paris", "Madrid", "Milano", "Porto", "Utrecht", "Kraków", "Malmö", "İzmir"
    };
    Lead lead;
    lead.id = number;
    lead.campaign_id = 1;
    lead.name = random.pick(first) + " " + random.pick(last);
    lead.company = random.pick(stem) + " " + random.pick(kind);
    lead.email = "lead" + std::to_string(number) + "@firm" + std::to_string(number) + ".test";
    lead.email_key = lead.email;
    lead.fields = "{\"city\": \"" + random.pick(city) + "\"}";
    lead.status = "ready";
    return lead;
}

struct GoodDraft {
    std::string subject;
    std::string body;
};

// What template and footer make of it for this lead.
inline GoodDraft good_draft(
    const Lead& lead, const LanguageTexts& texts, const Settings& settings, base::Random& random
) {
    MergeFields fields = merge_fields(lead, settings);
    const auto render = [&](const std::string& text) {
        const auto parsed = TextTemplate::parse(text);
        EXPECT_TRUE(parsed);
        const auto made = parsed->render(fields, random);
        EXPECT_TRUE(made) << (made ? "" : made.error().message);
        return made.value_or("");
    };
    std::string body = random.pick(texts.bodies);
    const std::string link = random.chance(0.5) ? settings.links.front() + "\n\n" : "";
    const std::size_t at = body.find("{{link}}");
    body.replace(at, 8, link);
    body += "\n\n" + std::string(texts.closing) + ",\n" + settings.sender_name + "\n" +
            settings.sender_company;
    GoodDraft draft;
    draft.subject = render(random.pick(texts.subjects));
    draft.body = append_footer(render(body), settings).value_or("");
    return draft;
}

}  // namespace campaign::test
