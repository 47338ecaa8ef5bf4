export const HELP = `protoc-gen-im-protocol: a plugin for buf and protoc that generates TypeScript from proto3 files: types, strict codecs,
checks of rules, tables for JSON, and zod schemas. It reads a request from standard input. Run it by buf:

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
  zod=true          generate zod schemas too, for the package zod
  form=compact      a text of the schema, which @im/protocol interprets, instead of code for each message (default: form=fast)
  protovalidate=true
                    .proto files with the rules of buf.validate beside ours, for protovalidate, instead of TypeScript
  runtime=NAME      package that generated code imports (default: @im/protocol)

Requires the package ts-proto: npm install --save-dev ts-proto`;
