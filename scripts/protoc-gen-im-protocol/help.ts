export const HELP = `protoc-gen-im-protocol: a plugin of buf and protoc that makes TypeScript of proto3 files: types, strict codecs, checks of
rules, tables for JSON, and zod schemas. It reads a request on its standard input, so buf runs it, and not you:

  # buf.gen.yaml
  version: v2
  inputs:
    - directory: proto
  plugins:
    - local: protoc-gen-im-protocol
      out: src/generated
      strategy: all
      include_imports: true
      include_wkt: true

Options (opt: [...]):
  zod=true          zod schemas as well, for the package zod
  runtime=NAME      the package that generated code imports; default @im/protocol

The types are made by the package ts-proto: npm install --save-dev ts-proto`;
