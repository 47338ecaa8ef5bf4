// Where a schema says that something is a secret, the table of its field says so.
import { expect, it } from 'vitest';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';
import { requestOf } from './request-of.js';

it('a field is a secret by itself, by its elements, its keys or its values', () => {
  const text = `syntax = "proto3";
    package com.example.v1;
    import "im/options/v1/options.proto";
    message Safe {
      string open = 1 [(im.options.v1.field) = {max_bytes: 9}];
      string own = 2 [(im.options.v1.field) = {sensitive: true}];
      repeated string items = 3 [(im.options.v1.field) = {items: {sensitive: true}}];
      map<string, string> keys = 4 [(im.options.v1.field) = {keys: {sensitive: true}}];
      map<string, string> values = 5 [(im.options.v1.field) = {values: {sensitive: true}}];
      oneof one {
        string member = 6 [(im.options.v1.field) = {sensitive: true}];
      }
    }`;
  const { error, file } = generate(requestOf({ 'a.proto': text }));
  expect(error).toBe('');
  const table = file.find(({ name }) => name === 'a.codec.ts')?.content ?? '';
  const secrets = table.split('\n').filter((line) => line.includes('sensitive: true'));
  expect(secrets.map((line) => /name: '(\w+)'/.exec(line)?.[1])).toEqual(['own', 'items', 'keys', 'values', 'member']);
});
