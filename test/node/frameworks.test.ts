// A server that is attached to the HTTP server of a framework.
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { host, TOKEN } from './host.js';

interface App {
  readonly server: HttpServer;
  listen(): Promise<unknown>;
  close(): Promise<unknown>;
}

async function expressApp(): Promise<App> {
  const app = express();
  app.get('/page', (_request, response) => void response.send('page'));
  const server = createServer(app);
  return {
    server,
    listen: () => once(server.listen(0, '127.0.0.1'), 'listening'),
    close: () => new Promise((resolve) => void server.close(resolve)),
  };
}

async function fastifyApp(): Promise<App> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/page', () => 'page');
  return { server: app.server, listen: () => app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
}

async function nestApp(): Promise<App> {
  class Pages {
    page(): string {
      return 'page';
    }
  }
  // As the decorators `@Controller()`, `@Get('page')` and `@Module(...)` do.
  Controller()(Pages);
  Get('page')(Pages.prototype, 'page', Object.getOwnPropertyDescriptor(Pages.prototype, 'page')!);
  class Main {}
  Module({ controllers: [Pages] })(Main);
  const app = await NestFactory.create(Main, { logger: false, forceCloseConnections: true });
  return { server: app.getHttpServer() as HttpServer, listen: () => app.listen(0, '127.0.0.1'), close: () => app.close() };
}

it.each([
  ['Express', express()],
  ['Fastify', fastify()],
])('the application of %s is not its server', async (_name, app) => {
  await expect(host({ host: undefined, server: app as never })).rejects.toMatchObject({
    message: '[INVALID_MESSAGE] server: expected a server of node:http or node:https',
  });
});

it.each([
  ['Express', expressApp],
  ['Fastify', fastifyApp],
  ['Nest', nestApp],
])('%s', async (_name, createApp) => {
  const app = await createApp();
  onTestFinished(async () => void (await app.close()));
  const { server, logins } = await host({ host: undefined, server: app.server, path: '/im' });
  await app.listen();
  const { port } = app.server.address() as AddressInfo;
  const client = await connect(`ws://127.0.0.1:${port}/im`, { login: TOKEN });
  expect(textOf(await client.request(ASK, ask('a')))).toBe('re a');
  expect([server.port, logins[0].remoteAddress, logins[0].httpRequest?.url]).toEqual([port, '127.0.0.1', '/im']);
  expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe('page');
  // Nobody else serves WebSocket.
  const [error] = await once(new WebSocket(`ws://127.0.0.1:${port}/page`), 'error');
  expect(String(error)).toContain('404');
  await client.close();
  await server.close();
  expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe('page');
});
