// frames.json: headers of version 2.
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Vector } from '../../test/vectors/vector.js';
import { isNewMessage } from './newer.js';
import { FRAMES, frameTypeOf } from './place.js';
import { minimal, settings } from './values.js';
import { accepted, refused } from './write-vector.js';

const IGNORABLE = 2;

export function frameVectors(): Vector[] {
  const models = FRAMES.filter((desc) => !settings.message(desc)?.handshake);
  const user = minimal(models.find(({ name }) => name === 'UserInfo')!);
  return [...models.flatMap((desc) => ofType(minimal(desc))), ...ofHeader(user)];
}

function ofType(message: ReflectMessage): Vector[] {
  const type = frameTypeOf(message.desc);
  const name = `v2-type-${type}`;
  const unsupported = { code: 'UNSUPPORTED_TYPE', offset: 5, actual: type };
  return [
    accepted(`${name}-version-2`, message),
    accepted(`${name}-version-2-ignorable`, message, { flags: IGNORABLE }),
    refused(`${name}-version-3`, message, { code: 'UNSUPPORTED_VERSION', offset: 4, limit: 2, actual: 3 }, { version: 3 }),
    // "A type of a later version is unknown."
    ...(isNewMessage(message.desc)
      ? [
          refused(`${name}-version-1`, message, unsupported, { version: 1 }),
          refused(`${name}-version-1-ignorable`, message, unsupported, { version: 1, flags: IGNORABLE }),
          refused(`${name}-version-0`, message, unsupported, { version: 0 }),
        ]
      : []),
    ...(['LoginInfo', 'SendInfo'].includes(message.desc.name) ? [] : [compressed(`${name}-compressed`, message)]),
    ...agreed(`${name}`, message),
  ];
}

function compressed(name: string, message: ReflectMessage): Vector {
  return refused(`${name}-without-deflate`, message, { code: 'NOT_NEGOTIATED', offset: 6 }, { flags: 1 });
}

function agreed(name: string, message: ReflectMessage): Vector[] {
  const on = (version: number, vector: Vector): Vector => ({ ...vector, settings: { version } });
  const wrong = (limit: number, actual: number): object => ({ code: 'UNSUPPORTED_VERSION', offset: 4, limit, actual });
  return [
    on(2, accepted(`${name}-agreed-2`, message)),
    on(2, refused(`${name}-version-1-agreed-2`, message, wrong(2, 1), { version: 1 })),
    on(1, refused(`${name}-version-2-agreed-1`, message, wrong(1, 2))),
  ];
}

function ofHeader(user: ReflectMessage): Vector[] {
  const flag = (flags: number): object => ({ code: 'UNSUPPORTED_FLAGS', offset: 6, actual: flags });
  const type = (actual: number): object => ({ code: 'UNSUPPORTED_TYPE', offset: 5, actual });
  return [
    ...[3, 126, 127, 128, 255].map((version) =>
      refused(`v2-version-${version}`, user, { code: 'UNSUPPORTED_VERSION', offset: 4, limit: 2, actual: version }, { version }),
    ),
    ...[0, 13, 63, 67, 127, 128, 255].map((number) => refused(`v2-type-${number}-unknown`, user, type(number), { type: number })),
    refused('v2-type-13-unknown-ignorable', user, type(13), { type: 13, flags: IGNORABLE }),
    ...[64, 65, 66].map((number) => refused(`v2-type-${number}-with-version-2`, user, type(number), { type: number })),
    ...[4, 8, 16, 32, 64, 128].map((flags) => refused(`v2-flag-${flags}`, user, flag(flags), { flags })),
    ...[256, 512, 1024, 2048, 4096, 8192, 16384, 32768].map((flags) => accepted(`v2-flag-${flags}`, user, { flags })),
  ];
}
