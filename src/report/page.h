/* What a page for people says of one machine, in its order: the table of findings and the steps. HTML and Markdown dress it. */
#ifndef SIDELIGHT_REPORT_PAGE_H
#define SIDELIGHT_REPORT_PAGE_H

#include "base/out.h"
#include "verdict/verdict.h"

struct page_dress {
        void (*text)(struct out *o, struct str s);         /* escaped */
        void (*status)(struct out *o, struct str status);  /* between a flaw's name and its boundaries */
        void (*step)(struct out *o, int number);           /* before a step's words; from 0 */
        const char *head;                                  /* the table's, and what stands before it */
        const char *arrow;                                 /* from who attacks to who is attacked */
        const char *row, *between, *who, *why, *row_end;   /* before the name; between boundaries; before who and why; behind it */
        const char *table_end;
        const char *names, *names_end;                     /* around the names of findings that have no row */
        const char *aside, *aside_end;                     /* around the flaws of a step */
        void (*code)(struct out *o, struct str s);         /* a command, as it is */
        const char *run, *shell, *shell_end;               /* before it and where it is to be run; around it */
        const char *command, *command_end;                 /* around the command that explains it */
        const char *no_ask;                                /* instead of a question */
        const char *steps_end;
        void (*letter)(struct out *o, struct str text);    /* a text that is ready to be sent, behind the step that says so; ends the step */
};

/* What is about steps, in HTML: the same in a report and in a fleet's page of a machine. */
#define PAGE_STEPS_IN_HTML                                                                                                          \
        .aside = " <span class=\"quiet\">(", .aside_end = ")</span>", .code = xml_text, .run = "; run", .shell = " <code>",          \
        .shell_end = "</code>", .command = " (why: <code>", .command_end = "</code>)</li>\n", .no_ask = "", .steps_end = "</ol>\n",        \
        .letter = page_letter

/* Where the pages of a document's machines wait until all are known; and what they are then. */
struct report_writer;
struct out *page_bodies(struct report_writer *w);
void page_release(struct report_writer *w);

void page_findings(const struct page_dress *d, struct out *o, const struct verdict *r);
/* What to do about them; nothing where there is nothing to do. */
void page_steps(const struct page_dress *d, struct out *o, const struct verdict *r);

/* A dress's letter in HTML. */
void page_letter(struct out *o, struct str text);

/* Text in XML and HTML: markup characters as entities; what XML 1.0 (section 2.2) does not allow as U+FFFD. */
void xml_text(struct out *o, struct str text);
/* ` NAME="VALUE"`. */
void xml_attribute(struct out *o, const char *name, struct str value);
/* The text between what begins and ends it. */
void xml_element(struct out *o, const char *begin, struct str text, const char *end);

#endif
