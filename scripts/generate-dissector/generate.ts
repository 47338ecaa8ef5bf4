import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { readDocumentedSchema } from '../update-docs/documented-schema.js';
import { bundleDissector } from './bundle.js';
import { schemaTable, withUsedMessages } from './schema-table.js';

/** Path of the generated file. */
export const DISSECTOR: string = join(ROOT, 'wireshark/im-protocol.lua');

/** Generates the text of the dissector from the schema. */
export function generateDissector(): string {
  const schema = readDocumentedSchema();
  return bundleDissector(schemaTable(schema, withUsedMessages(schema.messages)));
}
