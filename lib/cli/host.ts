import { join } from 'node:path';
import type { Delivery, SynthHost } from '../constructs/host.js';
import { type Layout, layOut } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import { writeOutput } from '../manifest/write.js';
import { jsonReport } from '../report/json.js';
import type { KubeSchedulerConfiguration } from '../scheduler/configuration/configuration.js';
import { runningManifests } from './against.js';
import { InputError } from './command.js';
import { printed, progress } from './print.js';

export interface HostOptions {
  readonly layout?: Layout | undefined;
  readonly format?: 'text' | 'json' | undefined;
  readonly strict?: boolean | undefined;
  /** File or directory with what runs now. */
  readonly against?: string | undefined;
  readonly scheduler?: KubeSchedulerConfiguration | undefined;
}

/** What has been delivered by the Apps of a program, until all of them are known to be accepted. */
export class Deliveries implements SynthHost {
  readonly #options: HostOptions;
  readonly #progress = progress();
  readonly #all: Delivery[] = [];
  readonly strict: boolean;
  readonly scheduler: KubeSchedulerConfiguration | undefined;

  constructor(options: HostOptions = {}) {
    this.#options = options;
    this.strict = options.strict ?? false;
    this.scheduler = options.scheduler;
  }

  get count(): number {
    return this.#all.length;
  }

  against(folder: string | undefined): readonly Manifest[] | undefined {
    const { against } = this.#options;
    return against === undefined ? undefined : runningManifests(against, folder);
  }

  step(text: string): void {
    this.#progress.step(text);
  }

  deliver(delivery: Delivery): void {
    this.#all.push(delivery);
  }

  /** Files by output directory, and how many each App has; two Apps may share a directory, but no file. */
  #files(): { readonly directories: ReadonlyMap<string, ReadonlyMap<string, string>>; readonly counts: readonly number[] } {
    const directories = new Map<string, Map<string, string>>();
    const counts: number[] = [];
    for (const { outdir, folder, input, layout, fileExtension } of this.#all) {
      let count = 0;
      const files = directories.get(outdir) ?? new Map<string, string>();
      directories.set(outdir, files);
      for (const [name, content] of layOut(input.manifests, this.#options.layout ?? layout, { extension: fileExtension })) {
        const path = folder === undefined ? name : `${folder}/${name}`;
        if (files.has(path))
          throw new InputError(
            `two Apps would both write ${join(outdir, path)}: give one of them a folder of its own (new App({ folder: 'production' }))`,
          );
        files.set(path, content);
        count++;
      }
      counts.push(count);
    }
    return { directories, counts };
  }

  /** `outcome`: of an App that was accepted. */
  #report(written: readonly string[], outcome: (app: Delivery, index: number) => string): void {
    this.#progress.clear();
    const stream = this.#options.layout === 'stdout' ? process.stderr : process.stdout;
    if (this.#options.format === 'json') {
      process.stdout.write(
        `${JSON.stringify(
          jsonReport(
            this.#all.map(({ folder, verification }) => ({ app: folder, verification })),
            written,
          ),
          null,
          2,
        )}\n`,
      );
      return;
    }
    for (const [index, app] of this.#all.entries()) {
      const { verification, folder } = app;
      const result = verification.accepted ? outcome(app, index) : 'nothing was written';
      stream.write(printed(verification, { outcome: result, title: this.#all.length > 1 ? folder : undefined }, stream));
    }
  }

  /**
   * Writes everything if every App was accepted, nothing otherwise, and reports.
   *
   * @returns the exit code.
   */
  finish(): number {
    if (!this.#all.every(({ verification }) => verification.accepted)) {
      this.#report([], () => 'accepted, but nothing was written because another App was refused');
      return 1;
    }
    const { directories, counts } = this.#files();
    if (this.#options.layout === 'stdout') {
      this.#report([], () => 'accepted');
      for (const files of directories.values()) process.stdout.write([...files.values()].join('---\n'));
      return 0;
    }
    const written: string[] = [];
    for (const [directory, files] of directories) {
      const result = writeOutput(directory, files);
      if (!result.ok) {
        this.#report([], () => 'accepted, but not written');
        throw new InputError(result.message);
      }
      written.push(...[...files.keys()].map((name) => join(directory, name)));
    }
    this.#report(written, ({ outdir, folder }, index) => {
      const count = counts[index] ?? 0;
      return `wrote ${count} file${count === 1 ? '' : 's'} to ${folder === undefined ? outdir : join(outdir, folder)}`;
    });
    return 0;
  }
}
