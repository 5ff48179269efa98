#include "inbound/opt_out.h"

#include <gtest/gtest.h>

#include "inbound/reply_text.h"

namespace inbound {
namespace {

TEST(AsksToStop, SeesTheWordsOfManyLanguages) {
    for (const char* text : {
             "Please unsubscribe me.",
             "UNSUBSCRIBE",
             "Hi Ann,\n\nplease remove me from your\nlist.\n\nBob",
             "Take me off this list!",
             "Don't contact me again.",
             "Don\xe2\x80\x99t email me.",
             "Stop emailing me",
             "Stop.",
             "STOP please",
             "Stop\n\nBob Example",
             "Stop\nBob",
             "Stop, please.\n\nI have told you so often that it is a shame.",
             "I do not wish to receive these mails.",
             "Bitte nehmen Sie mich aus dem Verteiler.",
             "Bitte keine weiteren E-Mails.",
             "Abmelden",
             "Löschen Sie meine Daten!",
             "Merci de me désinscrire.",
             "Je souhaite ne plus recevoir vos messages",
             "MERCI DE ME DÉSINSCRIRE",
             "Por favor, darme de baja de la lista",
             "No me escriban más.",
             "Quero me descadastrar: descadastrar",
             "Não quero mais receber e-mails.",
             "Vorrei cancellarmi dalla lista",
             "Non desidero più ricevere mail",
             "Graag uitschrijven",
             "Verwijder mij van deze lijst",
             "Ta bort mig från listan",
             "Fjern mig fra listen",
             "Meld meg av, takk",
             "Poistakaa minut listalta",
             "Proszę mnie wypisać z listy",
             "Odhlaste mě prosím",
             "Kérem, töröljenek a listáról",
             "Vă rog să nu îmi mai trimiteți mesaje",
             "Lütfen listeden çıkarın",
             "Bitte schicken Sie mir keine E-Mails mehr.",
             "Abmeldung vom Newsletter",
             "Remove from list",
             "No more emails",
             "Please stop sending me emails.",
             "Graag geen mails meer.",
             "No me envíen más correos",
             "Não me enviem mais e-mails",
             "Пожалуйста, не пишите мне больше",
             "ОТПИСАТЬСЯ",
             "Стоп",
             "Видаліть мене зі списку",
             "Διαγράψτε με",
             "אנא הסירו אותי מהרשימה",
             "من فضلك إلغاء الاشتراك",
             "Xin hủy đăng ký",
             "Tolong berhenti mengirim email",
             "请退订",
             "请不要再发邮件给我",
             "もう送らないでください",
             "配信停止をお願いします",
             "今後メール不要です",
             "수신 거부합니다",
         })
        EXPECT_TRUE(asks_to_stop(text, "Re: Your offer")) << text;
}

TEST(AsksToStop, LeavesOtherAnswersAlone) {
    for (const char* text : {
             "",
             "Sounds good, let's talk on Tuesday.",
             "Not interested, thanks.",
             "We will stop by your office on Monday.",
             "Please don't unsubscribe me, I like it.",
             "Can you remove the second item from the offer?",
             "I cancelled the meeting; the list is attached.",
             "The bus stop is at the end of the road.",
             "Remove\nthe second item from the offer.",
             "Ich melde mich morgen.",
             "Wir stoppen den Versand nicht.",
             "Je vous réponds demain.",
             "Baja el precio y hablamos.",
             "Non ora, grazie.",
             "Я отвечу завтра.",
             "明天回复你。",
             "Please do not contact our director, write to me.",
             "Don't send me the contract by fax.",
             "I got no more emails since Monday.",
             "Ich kann heute nicht mehr schreiben.",
             "Ich habe keine E-Mails mehr bekommen.",
             "Bitte keine weiteren Rabatte.",
             "Ik heb geen mails meer ontvangen.",
             "Ik moet me afmelden voor de vergadering.",
             "No me envíe la factura todavía.",
             "Não me envie o contrato ainda.",
             "Не отправляйте пока документы.",
             "Proszę nie wysyłać dokumentów pocztą.",
             "添付を送らないでください。",
             "请不要再发旧版本的文件。",
         })
        EXPECT_FALSE(asks_to_stop(text, "Re: Your offer")) << text;
}

TEST(AsksToStop, IgnoresTheFooterOfAMailingProgram) {
    for (const char* footer : {
             "To unsubscribe from this list, visit https://example.com/u",
             "If you no longer wish to receive our news, write to us.",
             "You can unsubscribe at any time.",
             "Wenn Sie keine weiteren E-Mails erhalten möchten, klicken Sie hier.",
             "Si vous ne souhaitez plus recevoir nos messages, cliquez ici.",
             "Si no desea recibir estos mensajes, haga clic aquí.",
         })
        EXPECT_FALSE(asks_to_stop("Our news of November.\n\n" + std::string(footer), "News"))
            << footer;
    EXPECT_TRUE(asks_to_stop("To unsubscribe is my wish. Remove me from the list.", "Re: News"));
    EXPECT_TRUE(asks_to_stop("I want to unsubscribe.", "Re: News"));
    EXPECT_TRUE(asks_to_stop("How do I unsubscribe?", "Re: News"));
}

TEST(AsksToStop, IgnoresTheQuotedFooter) {
    const std::string mail =
        "Sounds good!\n\nOn 2 Nov 2026, Ann <ann@example.com> wrote:\n> An offer.\n>\n"
        "> If you don't want these emails, reply with unsubscribe.\n";
    EXPECT_FALSE(asks_to_stop(reply_text_of(mail), "Re: Offer"));
    EXPECT_FALSE(asks_to_stop("> reply with unsubscribe\n\nNice text!", "Re: Offer"));
    EXPECT_TRUE(asks_to_stop(reply_text_of("Unsubscribe\n\n" + mail), "Re: Offer"));
}

TEST(AsksToStop, KnowsTheMailOfAListUnsubscribeHeader) {
    EXPECT_TRUE(asks_to_stop("", "unsubscribe"));
    EXPECT_TRUE(asks_to_stop("", "Unsubscribe 8f3a12"));
    EXPECT_TRUE(asks_to_stop("unsubscribe", ""));
    EXPECT_TRUE(asks_to_stop("This mail was sent by the button.", "Abmelden"));
    // The subject of ours that is answered is not the person's word.
    EXPECT_FALSE(asks_to_stop("Tell me more.", "Re: Unsubscribe rates compared"));
    EXPECT_FALSE(asks_to_stop("Tell me more.", "How people unsubscribe from long newsletters"));
}

TEST(AsksToStop, ReadsOnlyTheBeginningOfALongReply) {
    const std::string filler(kOptOutBytesMax, 'x');
    EXPECT_FALSE(asks_to_stop(filler + " unsubscribe", "Re: Offer"));
    EXPECT_TRUE(asks_to_stop("unsubscribe " + filler, "Re: Offer"));
}

}  // namespace
}  // namespace inbound
