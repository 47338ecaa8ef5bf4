import { describe, expect, inject, it } from 'vitest';
import { bundle, findings } from './bundle.js';

const consumer = inject('consumer');

/** Names of messages, as generated codecs carry them: `im.protocol.v1.SendInfo`. */
function messagesIn(text: string): string[] {
  return [...new Set(text.match(/im\.protocol\.v1\.\w+/g) ?? [])].map((name) => name.slice('im.protocol.v1.'.length)).sort();
}

/** The text of the schema, which plans are parsed from, in the bundle this many times. */
function schemasIn(text: string): number {
  return text.split('>UserInfo').length - 1;
}

describe('a bundle has only what is used', () => {
  it('one model brings the schema once, and neither generated code nor names of enum values', async () => {
    const text = await bundle(`import { UserInfo } from '@im/protocol'; export const decode = UserInfo.decode;`, consumer);
    expect(schemasIn(text)).toBe(1);
    expect(messagesIn(text)).toEqual([]);
    expect(findings(text, /AWAY/)).toEqual([]);
  });

  it('one function brings the models in it, and neither checks nor the other direction', async () => {
    const text = await bundle(`export { decodeUserInfo } from '@im/protocol/codecs';`, consumer);
    expect(messagesIn(text)).toEqual(['Terminal', 'UserInfo']);
    expect(schemasIn(text)).toBe(0);
    expect(findings(text, /command_data|min_bytes|unknown_key/)).toEqual([]);
  });

  it('./codecs brings no check of the rules', async () => {
    const text = await bundle(`export * from '@im/protocol/codecs';`, consumer);
    expect(findings(text, /not_prefix|min_bytes|at_most_one/)).toEqual([]);
  });

  it('an enum brings no codec', async () => {
    const text = await bundle(`import { Command } from '@im/protocol'; export const login = Command.LOGIN;`, consumer);
    expect(messagesIn(text)).toEqual([]);
    expect(text.length).toBeLessThan(2000);
  });

  it('what is imported and not used leaves nothing', async () => {
    const entries = ['@im/protocol', '@im/protocol/frame', '@im/protocol/json', '@im/protocol/web', '@im/protocol/pako'];
    const text = await bundle(entries.map((entry, i) => `import * as unused${i} from '${entry}'`).join(';'), consumer);
    expect(text).toBe('');
  });

  it('./frame brings no codec', async () => {
    const text = await bundle(`export * from '@im/protocol/frame';`, consumer);
    expect(messagesIn(text)).toEqual([]);
    expect(findings(text, /accessToken/)).toEqual([]);
  });

  it('connect of ./web brings neither pako nor JSON, and asks for none', async () => {
    const text = await bundle(`export { connect } from '@im/protocol/web';`, consumer);
    expect(findings(text, /incorrect data check|deflateRaw|base64/)).toEqual([]);
    expect(schemasIn(text)).toBe(1);
  });

  it('./json and zod stay out of the main entry', async () => {
    const text = await bundle(`export * from '@im/protocol';`, consumer);
    expect(findings(text, /base64|safeParse|ZodMini/)).toEqual([]);
    expect(schemasIn(text)).toBe(1);
  });
});
