import { Terminal } from '@im/protocol';
import { render } from 'preact';
import { USERS, userNamed } from '../users.js';
import { ChatClient } from './client/chat-client.js';
import { FrameLog } from './frames/frame-log.js';
import { FramePanel } from './frames/frame-panel.js';
import { App } from './view/app.js';
import { Choice } from './view/choice.js';

const parameters = new URLSearchParams(location.search);
const me = userNamed(parameters.get('user'));
if (me === undefined) render(<Choice users={USERS} />, document.body);
else {
  const frames = new FrameLog();
  const client = new ChatClient(me, parameters.get('terminal') === 'pc' ? Terminal.PC : Terminal.WEB);
  render(<App model={client} frames={(onClose) => <FramePanel log={frames} onClose={onClose} />} />, document.body);
  void client.start(frames);
}
