import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { readDocumentedSchema } from '../update-docs/documented-schema.js';
import { bundleDissector } from './bundle.js';
import { schemaTable, withUsedMessages } from './schema-table.js';

/** What is generated: one file, which the package has. */
export const DISSECTOR: string = join(ROOT, 'wireshark/im-protocol.lua');

/** The text of the dissector, from the schema as it is. */
export function generateDissector(): string {
  const schema = readDocumentedSchema();
  return bundleDissector(schemaTable(schema, withUsedMessages(schema.messages)));
}
