/** Something that an application may import, of which the size in a bundle is measured. */
export interface Measured {
  /** For the table in README.md. */
  readonly name: string;
  /** The module that is bundled. */
  readonly text: string;
  /** Packages that do not count. */
  readonly external?: readonly string[];
  /** The compressed bundle stays below so many bytes: a little more than it has now. */
  readonly budget: number;
}

export const MEASURED: readonly Measured[] = [
  { name: 'all of `@im/protocol`', text: `export * from '@im/protocol';`, budget: 31_500 },
  {
    name: '`encode` and `decode` of all messages',
    // These contain all others.
    text: `export { Hello, Reject, SendInfo, TopicMessage, Welcome } from '@im/protocol';`,
    budget: 20_500,
  },
  {
    name: '`encodeFrame` and `FrameDecoder`',
    text: `export { encodeFrame, FrameDecoder } from '@im/protocol';`,
    budget: 25_900,
  },
  {
    name: '`SendInfo.decode` alone',
    text: `import { SendInfo } from '@im/protocol'; export const { decode } = SendInfo;`,
    budget: 15_900,
  },
  {
    name: '`UserInfo.decode` alone',
    text: `import { UserInfo } from '@im/protocol'; export const { decode } = UserInfo;`,
    budget: 6_500,
  },
  { name: '`@im/protocol/frame`', text: `export * from '@im/protocol/frame';`, budget: 3_850 },
  { name: '`@im/protocol/json`', text: `export * from '@im/protocol/json';`, budget: 29_000 },
  {
    name: '`@im/protocol/zod`, without zod itself',
    text: `export * from '@im/protocol/zod';`,
    external: ['zod'],
    budget: 8_500,
  },
  { name: '`@im/protocol/zod`, with what it uses of zod', text: `export * from '@im/protocol/zod';`, budget: 17_000 },
  {
    name: '`@im/protocol/web`, without pako itself',
    text: `export * from '@im/protocol/web';`,
    external: ['pako'],
    budget: 1_600,
  },
  { name: '`@im/protocol/web`, with what it uses of pako', text: `export * from '@im/protocol/web';`, budget: 16_000 },
];
