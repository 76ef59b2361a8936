import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { writeOutput } from '../../lib/manifest/write.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-write-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let dir = '';
let count = 0;
beforeEach(() => {
  dir = join(root, String(count++), 'dist');
});

const files = (entries: Record<string, string>) => new Map(Object.entries(entries));
const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
};
/** Path to text of all below `directory`, links as `-> target`. */
const contents = (directory: string, under = ''): Record<string, string> =>
  Object.assign(
    {},
    ...readdirSync(join(directory, under)).map((name) => {
      const path = under === '' ? name : `${under}/${name}`;
      const state = lstatSync(join(directory, path));
      if (state.isDirectory()) return contents(directory, path);
      return {
        [path]: state.isSymbolicLink()
          ? `-> ${readlinkSync(join(directory, path))}`
          : readFileSync(join(directory, path), 'utf8'),
      };
    }),
  );
const outputs = (): Record<string, string> => {
  const { '.plimsoll-files': _, ...rest } = contents(dir);
  return rest;
};
/** What stands beside the directory: nothing may be left there. */
const beside = (): string[] => readdirSync(dirname(dir)).filter((name) => name !== 'dist');

const linkIn = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  symlinkSync('/tmp', join(folder, 'x'));
};

describe('output', () => {
  test('is made with its parents, and says what changed', () => {
    expect(writeOutput(dir, files({ 'a.yaml': 'a\n', 'production/b.yaml': 'b\n' }))).toEqual({
      ok: true,
      written: ['a.yaml', 'production/b.yaml'],
      removed: [],
      unchanged: [],
    });
    expect(outputs()).toEqual({ 'a.yaml': 'a\n', 'production/b.yaml': 'b\n' });
    expect(beside()).toEqual([]);
  });

  test('that changes: stale files of ours vanish with their folders, unchanged ones are not rewritten', () => {
    writeOutput(dir, files({ 'a.yaml': 'a\n', 'old/b.yaml': 'b\n', 'c.yaml': 'c\n' }));
    const before = statSync(join(dir, 'a.yaml'));
    expect(writeOutput(dir, files({ 'a.yaml': 'a\n', 'c.yaml': 'C\n', 'd.yaml': 'd\n' }))).toEqual({
      ok: true,
      written: ['d.yaml', 'c.yaml'],
      removed: ['old/b.yaml'],
      unchanged: ['a.yaml'],
    });
    expect(outputs()).toEqual({ 'a.yaml': 'a\n', 'c.yaml': 'C\n', 'd.yaml': 'd\n' });
    expect(existsSync(join(dir, 'old'))).toBe(false);
    const after = statSync(join(dir, 'a.yaml'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test('that stays the same is not touched at all', () => {
    writeOutput(dir, files({ 'a.yaml': 'a\n' }));
    const before = statSync(dir);
    expect(writeOutput(dir, files({ 'a.yaml': 'a\n' }))).toEqual({ ok: true, written: [], removed: [], unchanged: ['a.yaml'] });
    expect([statSync(dir).ino, statSync(dir).mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test('one changed file is replaced in place: the directory stays the same one', () => {
    writeOutput(dir, files({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' }));
    const { ino } = statSync(dir);
    writeOutput(dir, files({ 'a.yaml': 'A\n', 'b.yaml': 'b\n' }));
    expect(statSync(dir).ino).toBe(ino);
    expect(outputs()).toEqual({ 'a.yaml': 'A\n', 'b.yaml': 'b\n' });
  });

  test('keeps the mode of the directory and follows a link to it', () => {
    const real = join(dirname(dir), 'real');
    mkdirSync(real, { recursive: true });
    chmodSync(real, 0o750);
    symlinkSync(real, dir);
    expect(writeOutput(dir, files({ 'a.yaml': 'a\n' }))).toMatchObject({ ok: true });
    expect(lstatSync(dir).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o750);
    expect(outputs()).toEqual({ 'a.yaml': 'a\n' });
  });

  test('its list of files is nothing that kubectl apply -f would read', () => {
    writeOutput(dir, files({ 'a.yaml': 'a\n' }));
    expect(readdirSync(dir).filter((name) => /\.(ya?ml|json)$/.test(name))).toEqual(['a.yaml']);
  });
});

describe('files that are not ours', () => {
  test('stay: files, folders, links, empty folders, hard links', () => {
    put('README.md', 'mine');
    put('charts/x/values.yaml', 'v');
    mkdirSync(join(dir, 'empty'));
    symlinkSync('README.md', join(dir, 'link'));
    symlinkSync('/nowhere', join(dir, 'charts/dangling'));
    linkSync(join(dir, 'README.md'), join(dirname(dir), 'other'));
    const foreign = outputs();
    for (const version of ['1', '2']) {
      expect(writeOutput(dir, files({ 'a.yaml': version, 'b.yaml': version, 'charts/ours.yaml': version }))).toMatchObject({
        ok: true,
      });
      expect(outputs()).toEqual({ ...foreign, 'a.yaml': version, 'b.yaml': version, 'charts/ours.yaml': version });
    }
    writeOutput(dir, files({}));
    expect(outputs()).toEqual(foreign);
    expect(existsSync(join(dir, 'empty'))).toBe(true);
    expect(statSync(join(dir, 'README.md')).ino).toBe(statSync(join(dirname(dir), 'other')).ino);
  });

  test('an empty folder of theirs below one of ours that goes', () => {
    writeOutput(dir, files({ 'old/a.yaml': 'a', 'gone/deep/b.yaml': 'b' }));
    mkdirSync(join(dir, 'old/theirs'));
    expect(writeOutput(dir, files({ 'c.yaml': 'c' }))).toMatchObject({ ok: true });
    expect(outputs()).toEqual({ 'c.yaml': 'c' });
    expect(readdirSync(dir).sort()).toEqual(['.plimsoll-files', 'c.yaml', 'old']);
    expect(existsSync(join(dir, 'old/theirs'))).toBe(true);
  });

  test('are not overwritten: the refusal names the file, and nothing is written', () => {
    put('b.yaml', 'mine');
    expect(writeOutput(dir, files({ 'a.yaml': 'a', 'b.yaml': 'b' }))).toEqual({
      ok: false,
      code: 'output/foreign-file',
      path: join(dir, 'b.yaml'),
      message: `${join(dir, 'b.yaml')} was not written by plimsoll; remove it, or write to another directory`,
    });
    expect(outputs()).toEqual({ 'b.yaml': 'mine' });
    expect(beside()).toEqual([]);
  });

  test('that are just what we would write become ours', () => {
    put('a.yaml', 'a');
    expect(writeOutput(dir, files({ 'a.yaml': 'a' }))).toEqual({ ok: true, written: [], removed: [], unchanged: ['a.yaml'] });
    expect(writeOutput(dir, files({ 'a.yaml': 'b' }))).toMatchObject({ ok: true });
  });

  test.each([
    ['a folder where a file must be', () => mkdirSync(join(dir, 'x/a.yaml'), { recursive: true }), 'x/a.yaml'],
    ['a file where a folder must be', () => put('x', ''), 'x'],
    ['a link where a folder must be', () => linkIn(dir), 'x'],
  ])('%s', (_, make, path) => {
    make();
    expect(writeOutput(dir, files({ 'x/a.yaml': 'a' }))).toMatchObject({
      ok: false,
      code: 'output/foreign-file',
      path: join(dir, path),
    });
  });

  test('a list that names files outside removes nothing there', () => {
    put('.plimsoll-files', '../victim\n/etc/hostname\na/../../victim\n');
    writeFileSync(join(dirname(dir), 'victim'), 'x');
    expect(writeOutput(dir, files({ 'a.yaml': 'a' }))).toEqual({ ok: true, written: ['a.yaml'], removed: [], unchanged: [] });
    expect(beside()).toEqual(['victim']);
  });
});

describe('what cannot be written is a value', () => {
  test.each(['../a.yaml', '/a.yaml', 'a//b.yaml', './a.yaml', 'a\\b.yaml', '', '.plimsoll-files', '.plimsoll-new-1'])(
    'the name %j',
    (name) => {
      expect(writeOutput(dir, files({ [name]: '' }))).toMatchObject({ ok: false, code: 'output/invalid-name' });
      expect(existsSync(dir)).toBe(false);
    },
  );

  test('a file in place of the directory, or of one above it, and a link to nothing', () => {
    put('file', '');
    symlinkSync(join(dir, 'nothing'), join(dir, 'link'));
    expect(writeOutput(join(dir, 'file'), files({}))).toMatchObject({ ok: false, code: 'output/not-a-directory' });
    expect(writeOutput(join(dir, 'file/below'), files({}))).toMatchObject({
      ok: false,
      code: 'output/failed',
      message: `${join(dir, 'file/below')} cannot be written: a part of the path is a file`,
    });
    expect(writeOutput(join(dir, 'link'), files({}))).toMatchObject({ ok: false, code: 'output/not-a-directory' });
  });

  test('a name too long for the file system; the old output is still there', () => {
    writeOutput(dir, files({ 'a.yaml': 'a', 'b.yaml': 'b' }));
    expect(writeOutput(dir, files({ 'a.yaml': 'A', [`${'x'.repeat(300)}.yaml`]: 'b' }))).toMatchObject({
      ok: false,
      code: 'output/failed',
    });
    expect(outputs()).toEqual({ 'a.yaml': 'a', 'b.yaml': 'b' });
    expect(beside()).toEqual([]);
  });

  test('a full disk', () => {
    expect(writeOutput('/dev/full/x', files({}))).toMatchObject({ ok: false });
  });
});

describe('two runs', () => {
  test('a lock of a living process is waited for, then told', { timeout: 20_000 }, () => {
    mkdirSync(dirname(dir), { recursive: true });
    const lock = `${dir}.plimsoll-lock`;
    writeFileSync(lock, `${process.ppid} ${hostname()}\n`);
    expect(writeOutput(dir, files({ 'a.yaml': 'a' }))).toMatchObject({ ok: false, code: 'output/locked', path: lock });
    expect(existsSync(lock)).toBe(true);
  });

  test.each([
    ['a dead process', `4000000 ${hostname()}\n`],
    ['a former process of our number', `${process.pid} ${hostname()}\n`],
    ['a process killed before it wrote its number', ''],
  ])('the lock of %s is broken', (_, content) => {
    mkdirSync(dirname(dir), { recursive: true });
    writeFileSync(`${dir}.plimsoll-lock`, content);
    expect(writeOutput(dir, files({ 'a.yaml': 'a' }))).toMatchObject({ ok: true });
    expect(beside()).toEqual([]);
  });
});

describe('two runs at once', () => {
  test('wait for each other: the output is that of the one or of the other, whole', { timeout: 60_000 }, async () => {
    const module = await bundled();
    const script = join(root, 'both.mjs');
    writeFileSync(
      script,
      `import { writeOutput } from ${JSON.stringify(module)};
const [, , directory, mark] = process.argv;
for (let turn = 0; turn < 15; turn++) {
  const result = writeOutput(directory, new Map(Array.from({ length: 20 }, (_, index) => [\`\${mark}-\${index}.yaml\`, mark + turn])));
  if (!result.ok) { console.error(result.message); process.exitCode = 1; }
}
`,
    );
    const codes = await Promise.all(
      ['a', 'b'].map(
        (mark) =>
          new Promise((resolve) => spawn(process.execPath, [script, dir, mark], { stdio: 'inherit' }).on('exit', resolve)),
      ),
    );
    expect(codes).toEqual([0, 0]);
    const [[first = ''] = []] = Object.entries(outputs());
    const mark = first.slice(0, 1);
    expect(outputs()).toEqual(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${mark}-${index}.yaml`, `${mark}14`])),
    );
    expect(beside()).toEqual([]);
  });
});

describe('what a killed run left', () => {
  test('between the two renames: the old output comes back', () => {
    mkdirSync(`${dir}.plimsoll-old`, { recursive: true });
    writeFileSync(join(`${dir}.plimsoll-old`, 'README.md'), 'mine');
    mkdirSync(`${dir}.plimsoll-new`);
    expect(writeOutput(dir, files({ 'a.yaml': 'a' }))).toMatchObject({ ok: true });
    expect(outputs()).toEqual({ 'README.md': 'mine', 'a.yaml': 'a' });
    expect(beside()).toEqual([]);
  });

  test('after them: what somebody saved meanwhile into the old one is taken over', () => {
    writeOutput(dir, files({ 'a.yaml': 'a' }));
    mkdirSync(`${dir}.plimsoll-old`);
    writeFileSync(join(`${dir}.plimsoll-old`, '.plimsoll-files'), 'b.yaml\n');
    writeFileSync(join(`${dir}.plimsoll-old`, 'b.yaml'), 'ours');
    writeFileSync(join(`${dir}.plimsoll-old`, 'note'), 'theirs');
    writeFileSync(join(dir, '.plimsoll-new-3'), 'half');
    writeOutput(dir, files({ 'a.yaml': 'a' }));
    expect(outputs()).toEqual({ 'a.yaml': 'a', note: 'theirs' });
    expect(beside()).toEqual([]);
  });
});

describe('a directory that cannot be exchanged', () => {
  test('the working directory: files are replaced one by one', () => {
    mkdirSync(dir, { recursive: true });
    const script = join(dirname(dir), 'run.mjs');
    return bundled().then(async (module) => {
      writeFileSync(
        script,
        `import { writeOutput } from ${JSON.stringify(module)};\nfor (const n of ['1', '2']) console.log(JSON.stringify(writeOutput('.', new Map([['a.yaml', n], ['b/c.yaml', n], ...(n === '1' ? [['old/d.yaml', n]] : [])]))));`,
      );
      const { ino } = statSync(dir);
      const output = await new Promise<string>((resolve) => {
        let text = '';
        const child = spawn(process.execPath, [script], { cwd: dir });
        child.stdout.on('data', (chunk) => (text += String(chunk)));
        child.on('close', () => resolve(text));
      });
      expect(
        output
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toMatchObject([{ ok: true }, { ok: true, removed: ['old/d.yaml'] }]);
      expect(statSync(dir).ino).toBe(ino);
      expect(outputs()).toEqual({ 'a.yaml': '2', 'b/c.yaml': '2' });
      expect(existsSync(join(dir, 'old'))).toBe(false);
    });
  });
});

/** The writer as one file of JavaScript: a child process starts fast with it. */
let module_: Promise<string> | undefined;
const bundled = (): Promise<string> => {
  module_ ??= (async () => {
    const outfile = join(root, 'write.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('../../lib/manifest/write.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
    });
    return outfile;
  })();
  return module_;
};

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.on('exit', () => resolve()));

describe('kill -9', () => {
  const names = (version: number): string[] =>
    Array.from({ length: 30 }, (_, index) =>
      version === 1 && index < 5 ? `gone-${index}.yaml` : index % 3 === 0 ? `prod/f-${index}.yaml` : `f-${index}.yaml`,
    );
  const text = (version: number, name: string): string =>
    `${name} of ${name === 'f-29.yaml' ? version : version % 2}\n`.repeat(200);
  // The third output differs from the second in one file only: that one is replaced in place.
  const versions = [0, 1, 3].map((version) => Object.fromEntries(names(version % 2).map((name) => [name, text(version, name)])));
  const foreign = { 'README.md': 'mine', 'keep/x/y': 'z', link: '-> README.md' };
  const wanted = versions.map((version) => JSON.stringify(Object.entries({ ...version, ...foreign }).sort()));

  /** Kills `rounds` runs; returns how many of them between the two renames, where there is no output for some microseconds. */
  const killed = async (lane: number, rounds: number): Promise<number> => {
    const parent = join(root, `lane-${lane}`);
    const output = join(parent, 'dist');
    mkdirSync(join(output, 'keep/x'), { recursive: true });
    writeFileSync(join(output, 'README.md'), 'mine');
    writeFileSync(join(output, 'keep/x/y'), 'z');
    symlinkSync('README.md', join(output, 'link'));
    expect(writeOutput(output, files(versions[0] ?? {}))).toMatchObject({ ok: true });
    const script = join(parent, 'loop.mjs');
    writeFileSync(
      script,
      `import { writeOutput } from ${JSON.stringify(await bundled())};
const versions = ${JSON.stringify(versions)}.map((files) => new Map(Object.entries(files)));
process.stdout.write('ready');
for (let turn = 0; ; turn++) {
  const result = writeOutput(${JSON.stringify(output)}, versions[turn % versions.length]);
  if (!result.ok) { console.error(result.message); process.exit(9); }
}
`,
    );
    let between = 0;
    for (let round = 0; round < rounds; round++) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
      let complaint = '';
      child.stderr.on('data', (chunk) => {
        complaint += String(chunk);
      });
      const exit = ended(child);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      expect(child.exitCode, complaint).toBeNull();
      child.kill('SIGKILL');
      await exit;
      if (!existsSync(output)) {
        between++;
        continue;
      }
      const { '.plimsoll-files': _, ...found } = contents(output);
      const seen = Object.entries(found).filter(([name]) => !name.startsWith('.plimsoll-new-'));
      expect(wanted, `round ${round}`).toContain(JSON.stringify(seen.sort()));
    }
    expect(writeOutput(output, files(versions[0] ?? {}))).toMatchObject({ ok: true });
    const { '.plimsoll-files': _, ...found } = contents(output);
    expect(found).toEqual({ ...versions[0], ...foreign });
    expect(readdirSync(parent)).toEqual(['dist', 'loop.mjs']);
    return between;
  };

  test('at 100 random moments leaves the old output or the new one, whole, and all that is not ours', {
    timeout: 120_000,
  }, async () => {
    const between = await Promise.all([0, 1, 2, 3].map((lane) => killed(lane, 25)));
    expect(between.reduce((sum, each) => sum + each, 0)).toBeLessThan(10);
  });
});
