import { render } from 'preact';
import { USERS, userNamed } from '../users.js';
import { ChatClient } from './client/chat-client.js';
import { FrameLog } from './frames/frame-log.js';
import { FramePanel } from './frames/frame-panel.js';
import { App } from './view/app.js';
import { Choice } from './view/choice.js';

const me = userNamed(new URLSearchParams(location.search).get('user'));
if (me === undefined) render(<Choice users={USERS} />, document.body);
else {
  const frames = new FrameLog();
  const client = new ChatClient(me, USERS.find((user) => user !== me)!);
  render(<App model={client} frames={(onClose) => <FramePanel log={frames} onClose={onClose} />} />, document.body);
  void client.start(frames);
}
