// The view of the chat demo with a fixture in place of a server.
import { render } from 'preact';
import { App } from '../../../examples/chat/web/page/view/app.js';
import { FixtureModel } from './fixture/fixture-model.js';

const model = new FixtureModel();
Object.assign(globalThis, { model });
render(<App model={model} frames={() => null} />, document.body);
