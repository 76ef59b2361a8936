import { describe, expect, test } from 'vitest';
import { commandEnd } from '../../lib/kubelet/command.js';

const end = (...command: readonly string[]) => commandEnd({ name: 'c', command });
const script = (text: string) => end('sh', '-c', text);

describe('how a command ends', () => {
  test.each([
    [['/bin/echo', 'hello'], { code: 0, after: 1 }],
    [['true'], { code: 0, after: 1 }],
    [['false'], { code: 1, after: 1 }],
    [['ls', '/tmp/moby'], { code: 0, after: 1 }],
    [['git', 'clone', 'https://example.com/x'], { code: 0, after: 1 }],
    [['sleep', '30'], { code: 0, after: 30 }],
    [['sleep', '1h'], { code: 0, after: 3600 }],
    [['sleep', 'infinity'], 'never'],
    [['tail', '-f', '/dev/null'], 'never'],
    [['tail', '-n1', '/etc/hosts'], 'unknown'],
    [['nginx', '-g', 'daemon off;'], 'unknown'],
    [['python', 'app.py'], 'unknown'],
    [['cat'], 'unknown'],
    [['env'], { code: 0, after: 1 }],
    [['env', 'MODE=prod', 'nginx'], 'unknown'],
    [['git', 'daemon'], 'unknown'],
  ])('%j', (command, expected) => {
    expect(end(...command)).toEqual(expected);
  });

  test.each([
    ['echo hello', { code: 0, after: 1 }],
    ['echo a; sleep 5; exit 3', { code: 3, after: 7 }],
    ['set -e; cd /work && mkdir out', { code: 0, after: 1 }],
    ['cp -r /src /work\nls /work', { code: 0, after: 2 }],
    ['exit 1; nginx', { code: 1, after: 1 }],
    ['./serve || exit 1', 'unknown'],
    ['test -f /ready && exit 1', 'unknown'],
    ['./serve; echo stopped', 'unknown'],
    ['./setup; tail -f /dev/null', 'never'],
    ['while true; do sleep 5; curl -s localhost; done', 'never'],
    ['until nslookup db; do sleep 2; done', 'unknown'],
    ['echo start; exec nginx', 'unknown'],
    ['echo ready && sleep infinity', 'never'],
    ['cd /app && ./serve', 'unknown'],
    ['trap : TERM; sleep infinity & wait', 'unknown'],
  ])('sh -c %j', (text, expected) => {
    expect(script(text)).toEqual(expected);
  });

  test('args alone belong to the entry point of the image', () => {
    expect(commandEnd({ name: 'c', args: ['--port=80'] })).toBe('unknown');
    expect(commandEnd({ name: 'c', args: ['sh', '-c', 'exit 2'] })).toEqual({ code: 2, after: 1 });
    expect(commandEnd({ name: 'c', args: ['sleep', '3600'] })).toEqual({ code: 0, after: 3600 });
    expect(commandEnd({ name: 'c', args: ['test'] })).toBe('unknown');
    expect(commandEnd({ name: 'c' })).toBe('unknown');
  });
});
