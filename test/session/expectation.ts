// What a session does with a frame, written from the specification and not from the code: a table of commands, and the rules around it.
import { ERRORS, type ErrorName } from '../../src/errors.js';
import { commandOf, type Letter, nameOf, REQUEST } from './alphabet.js';

/** Where the session stands, as far as the next frame matters. */
export interface Stage {
  readonly side: 'server' | 'client';
  phase: 'connecting' | 'negotiating' | 'anonymous' | 'authenticated' | 'draining' | 'closed';
  loggedIn: boolean;
  /** The request of the session that waits for a reply, and the names of what answers it. */
  open: { sequence: number; by: string } | undefined;
  /** The request 77 of the peer waits for a reply. */
  pending: boolean;
  /** A LOGIN waits to be accepted. */
  login: boolean;
}

export interface Outcome {
  readonly written: string[];
  readonly events: string[];
}

/** "Client to server: LOGIN, HEARTBEAT, PRIVATE_MESSAGE, GROUP_MESSAGE, SEND_RESULT, ERROR, 1000+" */
const SENT_BY = {
  client: ['LOGIN', 'SESSION', 'HEARTBEAT', 'PRIVATE_MESSAGE', 'GROUP_MESSAGE', 'APPLICATION'],
  server: ['FORCE_LOGOUT', 'PRIVATE_MESSAGE', 'GROUP_MESSAGE', 'SYSTEM_MESSAGE', 'DRAIN', 'APPLICATION'],
};
const BEFORE_LOGIN = {
  client: ['LOGIN', 'SESSION', 'HEARTBEAT', 'RATE_LIMITED', 'SLOW_CONSUMER'],
  server: ['LOGIN', 'SESSION', 'HEARTBEAT', 'RATE_LIMITED', 'SLOW_CONSUMER', 'FORCE_LOGOUT', 'DRAIN'],
};

/** Works out what the session does, and where it stands afterwards. */
export function step(stage: Stage, letter: Letter): Outcome {
  const written: string[] = [];
  const events: string[] = [];
  const peer = stage.side === 'server' ? 'client' : 'server';

  const close = (code: string): Outcome => {
    if (stage.open !== undefined) events.push(`failed ${stage.open.sequence} ${code}`);
    events.push(`closed ${code}`);
    stage.phase = 'closed';
    return { written, events };
  };
  const done: Outcome = { written, events };
  /** Closes, and says why first, unless that is local. */
  const quit = (code: ErrorName, re = 0): Outcome => {
    if (!ERRORS[code].local) written.push(error(code, re));
    return close(code);
  };
  /** "Before LOGIN every error closes." */
  const refuse = (code: ErrorName, re = 0): Outcome => {
    if (ERRORS[code].closes || !stage.loggedIn) return quit(code, re);
    written.push(error(code, re));
    events.push(`notice ${code}`);
    return done;
  };
  const report = (code: ErrorName, isRequest: boolean): Outcome => {
    if (isRequest || !stage.loggedIn) return refuse(code, isRequest ? REQUEST : 0);
    events.push(`notice ${code}`);
    return done;
  };

  if (stage.phase === 'closed') return done;
  if (stage.phase === 'connecting' || stage.phase === 'negotiating') return stage.side === 'server' ? first() : answer();
  switch (letter.kind) {
    case 'handshake':
      // "a second Hello by ERROR MALFORMED_HELLO. Both close the connection."
      return letter.name === 'Hello' && stage.side === 'server' ? quit('MALFORMED_HELLO') : refuse('UNSUPPORTED_TYPE');
    case 'frame':
      return letter.ignorable ? done : refuse(letter.code as ErrorName);
    case 'invalid':
      return invalid(letter.code as ErrorName, letter.form, letter.name.startsWith('an ERROR'));
    case 'command':
      return command(letter.name, letter.form, letter.ignorable);
  }

  function first(): Outcome {
    if (letter.kind === 'handshake' && letter.name === 'Hello') {
      stage.phase = 'anonymous';
      written.push('Welcome');
      events.push('negotiated');
      return done;
    }
    // "Nothing is sent" for what is local; "a first frame that is not a valid Hello is answered by Reject MALFORMED_HELLO".
    if (letter.kind === 'frame' && letter.code === 'FOREIGN_PROTOCOL') return close('FOREIGN_PROTOCOL');
    written.push('Reject 3');
    return close('MALFORMED_HELLO');
  }

  function answer(): Outcome {
    if (letter.kind === 'handshake' && letter.name === 'Reject') return close('OVERLOADED');
    // Nobody is welcome before it has said Hello.
    if (letter.kind === 'handshake' && letter.name === 'Welcome' && stage.phase === 'negotiating') {
      stage.phase = 'anonymous';
      events.push('negotiated');
      return done;
    }
    // The client has nothing to refuse a handshake with.
    if (letter.kind === 'frame' && letter.name === 'another version') return close('UNSUPPORTED_VERSION');
    return close(letter.kind === 'handshake' || letter.kind === 'command' ? 'UNSUPPORTED_TYPE' : letter.code);
  }

  function invalid(code: ErrorName, form: string, isError: boolean): Outcome {
    const answers = form === 'answer' && stage.open !== undefined;
    if (answers) {
      events.push(`failed ${stage.open!.sequence} ${code}`);
      stage.open = undefined;
    }
    const isReply = form === 'reply' || form === 'answer';
    if (!isReply && !isError) return refuse(code, form === 'request' && !stage.pending ? REQUEST : 0);
    // "An ERROR is never answered."
    if (!stage.loggedIn) return isError ? close(code) : quit(code);
    events.push(`notice ${code}`);
    return done;
  }

  function command(name: string, form: string, ignorable: boolean): Outcome {
    const isRequest = form === 'request';
    if (name === 'UNKNOWN' && ignorable && !isRequest) return done;
    if (!stage.loggedIn && !BEFORE_LOGIN[peer].includes(name)) return quit('LOGIN_REQUIRED', isRequest ? REQUEST : 0);
    if (form === 'reply' || form === 'answer') return reply(name, form);
    if (name === 'RATE_LIMITED' || name === 'SLOW_CONSUMER') return peerTells(name);
    // A sequence that is open gets one reply.
    if (isRequest && stage.pending) return refuse('INVALID_MESSAGE');
    if (name === 'UNKNOWN') return report('UNSUPPORTED_COMMAND', isRequest);
    if (name === 'SEND_RESULT' && !isRequest) return done;
    if (!SENT_BY[peer].includes(name)) return report('PERMISSION_DENIED', isRequest);
    if (name === 'HEARTBEAT') {
      if (isRequest) written.push(`HEARTBEAT re ${REQUEST}`);
      return done;
    }
    return stage.side === 'server' ? atServer(name, isRequest) : atClient(name, isRequest);
  }

  function atServer(name: string, isRequest: boolean): Outcome {
    if (stage.phase === 'draining' && isRequest) return refuse('DRAINING', REQUEST);
    if (name === 'SESSION') return report('COMMAND_DATA_MISMATCH', isRequest);
    if (name !== 'LOGIN') return message(name, isRequest);
    if (!isRequest) return report('INVALID_MESSAGE', false);
    if (stage.login) return refuse('RATE_LIMITED', REQUEST);
    stage.login = true;
    stage.pending = true;
    events.push(`login ${REQUEST}`);
    return done;
  }

  function atClient(name: string, isRequest: boolean): Outcome {
    if (name === 'DRAIN') {
      if (stage.phase !== 'draining') events.push('drain');
      stage.phase = 'draining';
      return done;
    }
    // "ERROR, FORCE_LOGOUT and DRAIN are never requests"
    return message(name, isRequest && name !== 'FORCE_LOGOUT');
  }

  function message(name: string, isRequest: boolean): Outcome {
    if (isRequest) stage.pending = true;
    events.push(`message ${nameOf(commandOf(name))} ${isRequest ? REQUEST : 0}`);
    return done;
  }

  function reply(name: string, form: string): Outcome {
    const open = form === 'answer' ? stage.open : undefined;
    if (name === 'RATE_LIMITED' || name === 'SLOW_CONSUMER') {
      if (open !== undefined) {
        events.push(`failed ${open.sequence} ${name}`);
        stage.open = undefined;
      }
      return ERRORS[name].closes || !stage.loggedIn ? close(name) : done;
    }
    // "a reply to nothing is dropped"
    if (open === undefined) return done;
    stage.open = undefined;
    if (name !== open.by) {
      const code = name === 'LOGIN' && open.by === 'SESSION' ? 'COMMAND_DATA_MISMATCH' : 'INVALID_MESSAGE';
      events.push(`failed ${open.sequence} ${code}`);
      return stage.loggedIn ? done : quit(code);
    }
    if (name === 'SESSION') {
      stage.loggedIn = true;
      if (stage.phase === 'anonymous') stage.phase = 'authenticated';
      events.push('authenticated');
    }
    events.push(`reply ${open.sequence}`);
    return done;
  }

  function peerTells(name: 'RATE_LIMITED' | 'SLOW_CONSUMER'): Outcome {
    if (ERRORS[name].closes || !stage.loggedIn) return close(name);
    events.push(`notice ${name}`);
    return done;
  }
}

function error(code: ErrorName, re: number): string {
  return `ERROR ${ERRORS[code].number} ${re === 0 ? '0' : `re ${re}`}`;
}
