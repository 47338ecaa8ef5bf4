import { PROTOCOL_VERSION } from '../../generated/constants.js';
import { SCHEMAS } from '../../generated/schema-text.js';
import { planCodec, planRegistry } from '../../src/wire/plan/plan-codec.js';
import { SCHEMA as FIXTURES } from '../fixtures/generated/schema-text.js';
import { type AnyCodec, type Form, formOf } from './form.js';

/** Plans on the runtime of this process. */
export const PLANS: Form = formOf(
  'plans',
  [...SCHEMAS, FIXTURES].flatMap((schema) =>
    [...schema.blocks].filter(([, block]) => block[0] === '>').map(([name]): AnyCodec => planCodec(schema, name)),
  ),
  planRegistry(PROTOCOL_VERSION, ...SCHEMAS),
);
