#include "mime/html_text.h"

namespace mime {
namespace {

struct Case {
    const char* html;
    const char* expected;
};

TEST(HtmlText, ShowsWhatAPersonReads) {
    const Case cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"<p>one</p><p>two</p>", "one\n\ntwo"},
        {"one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"},
        {"one<br><br><br><br>two", "one\n\ntwo"},
        {"<div>one</div><div>two</div>", "one\ntwo"},
        {"<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"},
        {"a  \n\t b", "a b"},
        {"<b>bo</b>ld", "bold"},
        {"a <b> b </b> c", "a b c"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
        {"<ul><li>a</li><li>b</li></ul>", "a\nb"},
        {"<pre>x\n y\nz</pre>", "x\ny\nz"},
        {"a<a href=\"http://x/?a=1&lt;>\">link</a>b", "alinkb"},
        {"<a title='>'>x</a>", "x"},
        {"1 < 2 and 3<4", "1 < 2 and 3<4"},
        {"a &lt;b&gt; &amp;amp; &quot;q&quot;", "a <b> &amp; \"q\""},
        {"&#228;&#xE4;&auml;&euro;&#8217;&hellip;",
         "\xc3\xa4\xc3\xa4\xc3\xa4\xe2\x82\xac\xe2\x80\x99\xe2\x80\xa6"},
        {"&#146;&#x80;", "\xe2\x80\x99\xe2\x82\xac"},
        {"&#0;&#xD800;&#x110000;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"&unknown; & &; &#; &#x; AT&T", "&unknown; & &; &#; &#x; AT&T"},
        {"a&nbsp;&nbsp;b", "a b"},
        {"a\xe2\x80\x8b\xef\xbb\xbf&shy;b", "ab"},
        {"Gr\xc3\xbc\xc3\x9f"
         "e",
         "Gr\xc3\xbc\xc3\x9f"
         "e"},
    };
    for (const Case& c : cases) EXPECT_EQ(html_to_text(c.html), c.expected) << c.html;
}

TEST(HtmlText, LeavesOutWhatIsNotShown) {
    const Case cases[] = {
        {"a<!-- hidden <b>x</b> -->b", "ab"},
        {"a<!-->b", "ab"},
        {"a<!-- never closed", "a"},
        {"<!DOCTYPE html><?xml x?>a", "a"},
        {"<html><head><title>t</title><style>p{}</style></head><body>a</body></html>", "a"},
        {"<head><title>t</title><body>a", "a"},
        {"a<script>if (1<2) '</b>' x</script>b", "ab"},
        {"a<SCRIPT>x</Script >b", "ab"},
        {"a<style>never closed", "a"},
        {"a<span style=\"display:none\">x<span>y</span>z</span>b", "ab"},
        {"a<div style='color:red; DISPLAY : none'>x</div>b", "ab"},
        {"a<p style=\"font-size:0px\">x</p>b", "ab"},
        {"a<p style=\"font-size:0.9em\">x</p>b", "a\n\nx\n\nb"},
        {"a<img style=\"display:none\">b", "ab"},
        {"a<span style=\"display:none\"/>x</span>b", "ab"},
        {"<textarea><b>x</b></textarea>b", "b"},
    };
    for (const Case& c : cases) EXPECT_EQ(html_to_text(c.html), c.expected) << c.html;
}

TEST(HtmlText, StandsAnyPrefixAndManyOpenThings) {
    const std::string html =
        "<!-- c --><p style='display:none'>x</p>&auml;<a b=\"c>d\">\xc3\xa4<pre>\n</pre>";
    for (std::size_t length = 0; length <= html.size(); ++length)
        EXPECT_LE(html_to_text(html.substr(0, length)).size(), 32U);
    for (const char* piece :
         {"<",
          "<a",
          "<a \"",
          "<a '\"",
          "<!--",
          "&",
          "&#",
          "<script>",
          "<style></",
          "<div style=display:none>",
          "</",
          "<br>",
          "<pre>\n"}) {
        std::string many;
        while (many.size() < 256 * 1024) many += piece;
        EXPECT_LE(html_to_text(many).size(), many.size() + 1);
    }
}

TEST(HtmlText, MarksTheLinesOfBlockquotes) {
    const std::string html =
        "<div>Yes.</div><div>Ann wrote:</div><blockquote type=cite><p>One</p><p>Two<br>lines</p>"
        "<blockquote>Deeper</blockquote>Three</blockquote><p>Bob</p>";
    EXPECT_EQ(
        html_to_quoted_text(html),
        "Yes.\nAnn wrote:\n\n> One\n\n> Two\n> lines\n\n> Deeper\n\n> Three\n\nBob"
    );
    EXPECT_EQ(
        html_to_text(html), "Yes.\nAnn wrote:\n\nOne\n\nTwo\nlines\n\nDeeper\n\nThree\n\nBob"
    );
    EXPECT_EQ(html_to_quoted_text("<blockquote>a</blockquote></blockquote>b"), "> a\n\nb");
}

TEST(HtmlText, StopsAtTheLimit) {
    EXPECT_LE(html_to_text(std::string(10'000, 'x'), 100).size(), 104U);
}

TEST(TextToHtml, EscapesAndKeepsParagraphs) {
    EXPECT_EQ(
        text_to_html("a<b>\r\nc & \"d\"\n\n\ne\rf"),
        "<html>\r\n<body>\r\n<p>a&lt;b&gt;<br>\r\nc &amp; &quot;d&quot;</p>\r\n"
        "<p>e<br>\r\nf</p>\r\n</body>\r\n</html>\r\n"
    );
    EXPECT_EQ(html_to_text(text_to_html("one\ntwo\n\nthree <x>\n")), "one\ntwo\n\nthree <x>");
}

}  // namespace
}  // namespace mime
