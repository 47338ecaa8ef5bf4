// Contents inside of contents: rules that the options of the schema cannot state.
import type { ContentInit } from '../../generated/models.js';
import type { Issue } from '../errors.js';
import { MERGED_MAX_DEPTH } from '../limits.js';
import { addIssue } from '../wire/issues.js';

/** What a forwarded message is not. */
const NOT_FORWARDED = ['edit', 'ephemeral', 'reaction', 'recall', 'read', 'stream'];
/** What the content of an edit or of an ephemeral message is not. */
const NOT_NESTED = [...NOT_FORWARDED, 'merged'];

/**
 * What is wrong with the contents inside of a content. Rules of the issues:
 *
 * - `nested_body`: the body of an Edit or Ephemeral is an edit, ephemeral, merged, reaction, recall, read or stream; that of a
 *   ForwardedMessage one of these other than merged;
 * - `nested_field`: message_id, seq, hints or thread_id is set in such a content;
 * - `max_depth`: MergedForwards are nested more than 10 deep, as counted here; what `depth` says does not count.
 *
 * @returns at most 1000 issues, with paths from the content on: `edit.content.seq`. Empty = nothing is wrong. A server refuses
 * the message with INVALID_MESSAGE.
 */
export function nestedContentFaults(content: ContentInit): Issue[] {
  const issues: Issue[] = [];
  visit(content, '', 1, issues);
  return issues;
}

function visit({ body }: ContentInit, path: string, depth: number, issues: Issue[]): void {
  if (body?.$case === 'edit' || body?.$case === 'ephemeral') {
    judge(body.value.content ?? {}, `${path}${body.$case}.content`, NOT_NESTED, issues);
  } else if (body?.$case === 'merged') {
    if (depth > MERGED_MAX_DEPTH) {
      addIssue(issues, `${path}merged`, 'max_depth', `expected at most ${MERGED_MAX_DEPTH} nested MergedForwards, got more`);
      return;
    }
    for (const [i, { content = {} }] of (body.value.items ?? []).entries()) {
      const at = `${path}merged.items[${i}].content`;
      judge(content, at, NOT_FORWARDED, issues);
      // Others than merged are refused above, or hold nothing.
      if (content.body?.$case === 'merged') visit(content, `${at}.`, depth + 1, issues);
    }
  }
}

function judge(content: ContentInit, path: string, forbidden: readonly string[], issues: Issue[]): void {
  const { messageId = 0n, seq = 0n, hints, threadId = 0n, body } = content;
  const set = { messageId: messageId !== 0n, seq: seq !== 0n, hints: hints !== undefined, threadId: threadId !== 0n };
  for (const [name, isSet] of Object.entries(set)) {
    if (isSet) addIssue(issues, `${path}.${name}`, 'nested_field', 'expected it not to be set in a nested content');
  }
  if (body !== undefined && forbidden.includes(body.$case))
    addIssue(issues, `${path}.${body.$case}`, 'nested_body', `expected another body, got ${body.$case}`);
}
