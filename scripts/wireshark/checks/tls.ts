// Checks frames inside TLS, recorded on the loopback interface, with the key log of Node.
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../breaking/baseline.js';
import type { Result } from '../../report.js';
import { runCommand } from '../../run-command.js';
import { letOthersRead } from '../dissected/let-others-read.js';
import { rows } from '../dissected/rows.js';
import { record } from '../live/record.js';

export async function checkTls(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'im-keys-'));
  const keys = join(folder, 'keys.log');
  // Unique on this machine.
  const userId = String(2n ** 62n + BigInt(randomInt(2 ** 47)));
  const script = [`--tls-keylog=${keys}`, '--import', 'tsx', 'scripts/wireshark/live/play-tls.ts', userId];
  const play = async (): Promise<void> => void (await runCommand(process.execPath, script, { cwd: ROOT }));
  try {
    const filter = `im.user_id == ${userId}`;
    const found = await record(
      async () => {
        await play();
        letOthersRead(keys);
      },
      async (capture) => ({
        blind: await rows(capture, filter),
        seeing: (await rows(capture, filter, '-o', `tls.keylog_file:${keys}`)).map(({ info }) => info),
      }),
    );
    const failed = ['over tls', 'over wss']
      .map((text) => `PRIVATE_MESSAGE #2 ${userId} -> 2 "${text}"`)
      .filter((line) => !found.seeing.some((info) => info.includes(line)))
      .map((line) => `${line} is not among ${JSON.stringify(found.seeing)}`);
    if (found.blind.length > 0) failed.push('frames are visible without the keys');
    return [{ subject: 'TLS', check: 'with the key log of Node, live', passed: 2 - Math.min(failed.length, 2), failed }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
