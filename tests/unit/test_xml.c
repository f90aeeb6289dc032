/* base/xml.h: positions of everything, namespaces, encodings; and what is refused, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/out.h"
#include "base/xml.h"

/* "{space}name@line:column at,body,body_end,end name=[value] (children)". */
static void show(struct out *o, const struct xml_node *n) {
        out_fmt(o, "{%.*s}%.*s@%ld:%ld %td,%td,%td,%td%s", STR_ARG(n->space), STR_ARG(n->name), n->line, n->column, n->at, n->body,
                n->body_end, n->end, n->empty ? " empty" : "");
        for (ptrdiff_t i = 0; i < n->attr_count; i++)
                out_fmt(o, " %.*s=[%.*s]", STR_ARG(n->attrs[i].name), STR_ARG(n->attrs[i].value));
        for (const struct xml_node *c = n->first; c; c = c->next) {
                out_c(o, " (");
                show(o, c);
                out_char(o, ')');
        }
}

static void test_reads(void **state) {
        static const struct {
                struct str text;
                const char *shown;
        } rows[] = {
                { STR("<a/>"), "{}a@1:1 0,4,4,4 empty" },
                { STR("<a><b x='1' y = \"&lt;&#65;&#x1F600;\"/>t</a>"),
                  "{}a@1:1 0,3,39,43 ({}b@1:4 3,38,38,38 empty x=[1] y=[<A\xf0\x9f\x98\x80])" },
                { STR("\xef\xbb\xbf<?xml version=\"1.0\" encoding='utf-8' standalone='yes'?>\r\n<!-- <x> -->\r\n<a\tb=' 1\r\n2 '></a >\n"),
                  "{}a@3:1 74,88,88,93 b=[1 2]" },
                { STR("<p:a xmlns:p='u' xmlns='v' p:x='1' x='2'><b/><c xmlns=''/></p:a>"),
                  "{u}a@1:1 0,41,58,64 =[1] x=[2] ({v}b@1:42 41,45,45,45 empty) ({}c@1:46 45,58,58,58 empty)" },
                { STR("<a><?p ?? i?><![CDATA[</a>]]>&amp;</a>"), "{}a@1:1 0,3,34,38" },
                { STR("<?xml version='1.0' encoding='windows-1252'?><a \xe9='\x80'/>"), "{}a@1:46 45,55,55,55 empty \xc3\xa9=[\xc2\x80]" },
                { STR("\xff\xfe<\0a\0 \0b\0=\0'\0\xe9\0\x3d\xd8\x00\xde'\0/\0>\0"), "{}a@1:1 2,26,26,26 empty b=[\xc3\xa9\xf0\x9f\x98\x80]" },
                { STR("\0<\0a\0/\0>"), "{}a@1:1 0,8,8,8 empty" },
                { STR("<a xml:lang='en'/>"), "{}a@1:1 0,18,18,18 empty =[en]" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct xml_doc doc;
                struct diag d = { 0 };

                if (xml_parse(&doc, &a, "f", rows[i].text, false, &d) < 0)
                        fail_msg("row %zu: %s", i, d.text);
                show(&o, doc.root);
                if (!str_eq(out_text(&o), str_of(rows[i].shown)))
                        fail_msg("row %zu: %.*s", i, STR_ARG(out_text(&o)));
        }
}

static void test_refuses(void **state) {
        static const struct {
                struct str text;
                const char *why;
        } rows[] = {
                { STR(""), "f:1: expected well-formed XML: there is no element (column 1)" },
                { STR("<a>\n  </b></a>"), "f:2: expected well-formed XML: an end tag that does not match (column 6)" },
                { STR("<a><b></a>"), "does not match" },
                { STR("<a>"), "an element has no end tag" },
                { STR("<a"), "a tag has no end" },
                { STR("<a b='1' b='2'/>"), "an attribute stands twice" },
                { STR("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"), "an attribute stands twice" },
                { STR("<a b='1'c='2'/>"), "expected '>'" },
                { STR("<a b=1/>"), "expected a value in quotes" },
                { STR("<a b='<'/>"), "a value has no end" },
                { STR("<a b='&x;'/>"), "an entity that is not declared" },
                { STR("<a>&#0;</a>"), "a reference to what is no character" },
                { STR("<a>&#xd800;</a>"), "a reference to what is no character" },
                { STR("<a>&#99999999999;</a>"), "a reference to what is no character" },
                { STR("<a>]]></a>"), "']]>' stands within text" },
                { STR("<a><!-- -- --></a>"), "'--' stands within a comment" },
                { STR("<a/><b/>"), "a second root element" },
                { STR("<a/>x"), "text outside of the root element" },
                { STR(" <?xml version='1.0'?><a/>"), "not at the beginning" },
                { STR("<?xml encoding='utf-8'?><a/>"), "does not begin with the version" },
                { STR("<?xml version='1.0' encoding='utf-16'?><a/>"), "names another encoding" },
                { STR("<?xml version='1.0' encoding='x'?><a/>"), "an unknown encoding" },
                { STR("<a>\x01</a>"), "a character that is not allowed" },
                { STR("<a>\xff</a>"), "a character that is not allowed" },
                { STR("<a>\xed\xa0\x80</a>"), "a character that is not allowed" },
                { STR("<p:a/>"), "a namespace prefix that is not bound" },
                { STR("<a p:b='1'/>"), "a namespace prefix that is not bound" },
                { STR("<1/>"), "expected a name" },
                { STR("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "f:1: a document type declaration is not accepted here" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct xml_doc doc;
                struct diag d = { 0 };

                assert_int_equal(xml_parse(&doc, &a, "f", rows[i].text, false, &d), -1);
                if (!strstr(d.text, rows[i].why) || d.class != DIAG_INPUT)
                        fail_msg("row %zu: %s", i, d.text);
        }
}

static void test_limits(void **state) {
        OUT_AUTO struct out deep = { 0 }, wide = { 0 }, many = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct xml_doc doc;
        struct diag d[3] = { 0 };

        (void)state;
        for (int i = 0; i <= XML_DEPTH_MAX; i++)
                out_c(&deep, "<a>");
        assert_int_equal(xml_parse(&doc, &a, "f", out_text(&deep), false, &d[0]), -1);
        assert_non_null(strstr(d[0].text, "nested too deeply"));
        out_c(&wide, "<a");
        for (int i = 0; i <= XML_ATTRIBUTES_MAX; i++)
                out_fmt(&wide, " a%d='1'", i);
        assert_int_equal(xml_parse(&doc, &a, "f", out_text(&wide), false, &d[1]), -1);
        assert_non_null(strstr(d[1].text, "too many attributes"));
        out_c(&many, "<a>");
        for (int i = 0; i < XML_ELEMENTS_MAX; i++)
                out_c(&many, "<b/>");
        assert_int_equal(xml_parse(&doc, &a, "f", out_text(&many), false, &d[2]), -1);
        assert_non_null(strstr(d[2].text, "too many elements"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reads),
                cmocka_unit_test(test_refuses),
                cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
