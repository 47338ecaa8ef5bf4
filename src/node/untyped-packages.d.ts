// The used exports of packages without types of their own.

declare module 'proxy-addr' {
  const proxyAddr: {
    compile(trust: string[]): (address: string, hop: number) => boolean;
    all(request: object): string[];
  };
  export default proxyAddr;
}

declare module 'forwarded-parse' {
  export default function parse(header: string): Record<string, string>[];
}
