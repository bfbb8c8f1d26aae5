/* SPDX-License-Identifier: MIT */
#include "backend/sim/process.h"

#include <string.h>

#include "util/number.h"
#include "util/text.h"

/* Words of ours are short; a longer one is no word of ours. */
enum { WORD_MAX_LEN = 31 };

enum token { TOKEN_WORD, TOKEN_SEMICOLON, TOKEN_AND, TOKEN_END };

/* Command and arguments as one text, without writing it down anywhere. */
struct reader {
	orch_string_list lists[2];
	size_t list, item;
	const char *at; /* within the item; NULL: not begun */
	char word[WORD_MAX_LEN + 1];
};

/* The next character, a blank between two items, NUL after the last. */
static char look(struct reader *r)
{
	while (!r->at) {
		if (r->list == 2)
			return '\0';
		if (r->item < r->lists[r->list].count) {
			r->at = r->lists[r->list].items[r->item];
		} else {
			r->list++;
			r->item = 0;
		}
	}
	return *r->at ? *r->at : ' ';
}

static void skip(struct reader *r)
{
	if (r->at && *r->at) {
		r->at++;
	} else if (r->at) {
		r->at = NULL;
		r->item++;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_end_of_word(char c)
{
	return !c || is_blank(c) || c == ';' || c == '\n' || c == '&';
}

static enum token read_word(struct reader *r)
{
	size_t n = 0;

	for (char c = look(r); !is_end_of_word(c); skip(r), c = look(r))
		if (n < WORD_MAX_LEN)
			r->word[n++] = c;
	if (n == 0) { /* a single "&" */
		r->word[n++] = look(r);
		skip(r);
	}
	r->word[n] = '\0';
	return TOKEN_WORD;
}

static enum token next_token(struct reader *r)
{
	while (is_blank(look(r)))
		skip(r);
	if (!look(r))
		return TOKEN_END;
	if (look(r) == ';' || look(r) == '\n') {
		skip(r);
		return TOKEN_SEMICOLON;
	}
	if (look(r) == '&' && r->at[1] == '&') {
		skip(r);
		skip(r);
		return TOKEN_AND;
	}
	return read_word(r);
}

/* One simple command: its words, and what ended it. */
struct statement {
	char verb[WORD_MAX_LEN + 1], operand[WORD_MAX_LEN + 1];
	int words;
	bool strange; /* it has what only a real shell understands */
	enum token end;
};

static struct statement read_statement(struct reader *r)
{
	struct statement s = { .words = 0 };

	for (s.end = next_token(r); s.end == TOKEN_WORD; s.end = next_token(r)) {
		s.strange = s.strange || strpbrk(r->word, "&|<>$`\"'(){}\\*#");
		if (s.words == 0)
			memcpy(s.verb, r->word, sizeof s.verb);
		else if (s.words == 1)
			memcpy(s.operand, r->word, sizeof s.operand);
		s.words++;
	}
	return s;
}

/* "5", "0.5", "5s", "2m", "1h", "1d", "infinity"; -1: no time. */
static int64_t read_seconds(const char *text)
{
	static const char units[] = "smhd";
	static const int64_t factors[] = { 1, 60, 3600, 86400 };
	size_t len = strlen(text);
	const char *unit = len > 0 ? strchr(units, text[len - 1]) : NULL;
	int64_t factor = unit ? factors[unit - units] : 1, ms;

	if (orch__text_equal(text, "infinity") || orch__text_equal(text, "inf"))
		return SIM_FOREVER;
	if (!orch__parse_decimal(text, unit ? len - 1 : len, 3, &ms) || ms < 0)
		return -1;
	return ms > SIM_FOREVER / factor ? SIM_FOREVER : ms * factor;
}

/* What a shell makes of the number of `exit`. */
static int64_t read_exit_code(const struct statement *s, int64_t last)
{
	int64_t code;

	if (s->words < 2)
		return last;
	return orch__parse_i64(s->operand, strlen(s->operand), &code) ? code & 255 : 2;
}

static void do_sleep(const struct statement *s, struct sim_run *run)
{
	int64_t ms = s->words == 2 ? read_seconds(s->operand) : -1;

	run->exit_code = ms < 0;
	if (ms > 0)
		run->ms = ms > SIM_FOREVER - run->ms ? SIM_FOREVER : run->ms + ms;
}

static void do_unknown(int64_t unknown_ms, struct sim_run *run)
{
	run->exit_code = 0;
	if (unknown_ms == SIM_FOREVER)
		run->ms = SIM_FOREVER;
}

/* False: that was the last. */
static bool do_statement(const struct statement *s, int64_t unknown_ms, struct sim_run *run)
{
	if (s->words == 0)
		return true;
	if (s->strange) {
		do_unknown(unknown_ms, run);
	} else if (orch__text_equal(s->verb, "true") || orch__text_equal(s->verb, ":")) {
		run->exit_code = 0;
	} else if (orch__text_equal(s->verb, "false")) {
		run->exit_code = 1;
	} else if (orch__text_equal(s->verb, "sleep")) {
		do_sleep(s, run);
	} else if (orch__text_equal(s->verb, "exit")) {
		run->exit_code = read_exit_code(s, run->exit_code);
		return false;
	} else {
		do_unknown(unknown_ms, run);
	}
	return run->ms != SIM_FOREVER;
}

static struct sim_run run_script(struct reader *r, int64_t unknown_ms)
{
	struct sim_run run = { 0, 0 };
	bool skipped = false, on = true;

	while (on) {
		struct statement s = read_statement(r);

		if (!skipped)
			on = do_statement(&s, unknown_ms, &run);
		/* what hangs on a failed && is skipped up to the next semicolon */
		skipped = s.end == TOKEN_AND && run.exit_code != 0;
		on = on && s.end != TOKEN_END;
	}
	return run;
}

static const char *item(const orch_string_list lists[2], size_t i)
{
	for (int l = 0; l < 2; i -= lists[l++].count)
		if (i < lists[l].count)
			return lists[l].items[i];
	return NULL;
}

/* `sh -c TEXT`, `/bin/bash -ec TEXT`: the text, else NULL. */
static const char *shell_script(const orch_string_list lists[2])
{
	static const char *const shells[] = { "sh", "bash", "ash", "dash" };
	const char *program = item(lists, 0), *flags = item(lists, 1), *slash;

	if (!program || !flags || flags[0] != '-' || !orch__text_ends(flags, "c"))
		return NULL;
	slash = strrchr(program, '/');
	program = slash ? slash + 1 : program;
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (orch__text_equal(program, shells[i]))
			return item(lists, 2);
	return NULL;
}

static struct sim_run run_words(orch_string_list command, orch_string_list args, int64_t unknown_ms)
{
	const orch_string_list lists[2] = { command, args };
	const char *script = shell_script(lists);
	struct reader r = { .lists = { command, args } };

	if (script) {
		r.lists[0] = (orch_string_list){ &script, 1 };
		r.lists[1].count = 0;
	}
	return run_script(&r, unknown_ms);
}

struct sim_run sim_process_program(orch_string_list command, orch_string_list args)
{
	if (command.count + args.count == 0) /* what the image says, and that runs */
		return (struct sim_run){ SIM_FOREVER, 0 };
	return run_words(command, args, SIM_FOREVER);
}

struct sim_run sim_process_check(orch_string_list command)
{
	return run_words(command, (orch_string_list){ NULL, 0 }, 0);
}
