// Adds the rules of fields to their comments, so that the TSDoc of generated types has them.
import type { DescFile, DescMessage } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { commentText } from './quote.js';
import { ruleSummary } from './rule-summary.js';
import type { Settings } from './settings.js';

// The path of a declaration in SourceCodeInfo (descriptor.proto): field numbers of the descriptor messages, each with an index.
const MESSAGE_OF_FILE = 4;
const MESSAGE_OF_MESSAGE = 3;
const FIELD_OF_MESSAGE = 2;

/** @param file a copy of the descriptor of `desc`, which is changed. */
export function addRuleComments(file: FileDescriptorProto, desc: DescFile, settings: Settings): void {
  const rules = rulesByPath(desc, settings);
  for (const location of file.sourceCodeInfo?.location ?? []) {
    const text = rules.get(location.path.join());
    if (text !== undefined) location.leadingComments = `${location.leadingComments}\n Rules: ${commentText(text)}.\n`;
  }
}

function rulesByPath(desc: DescFile, settings: Settings): Map<string, string> {
  const rules = new Map<string, string>();
  const visit = (message: DescMessage, path: readonly number[]): void => {
    for (const field of message.fields) {
      const text = ruleSummary(field, settings);
      if (text !== '') rules.set([...path, FIELD_OF_MESSAGE, message.proto.field.indexOf(field.proto)].join(), text);
    }
    for (const nested of message.nestedMessages) {
      visit(nested, [...path, MESSAGE_OF_MESSAGE, message.proto.nestedType.indexOf(nested.proto)]);
    }
  };
  for (const message of desc.messages) visit(message, [MESSAGE_OF_FILE, desc.proto.messageType.indexOf(message.proto)]);
  return rules;
}
