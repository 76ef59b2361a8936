import { refKey, refText } from '../api/object.js';
import { type Evidence, type Finding, findingCodes, type Severity } from '../verify/finding.js';
import type { Verification } from '../verify/verify.js';
import { evidenceText } from './evidence.js';
import { type Paint, paint, visible, wrap } from './paint.js';
import { type SourceText, snippet } from './snippet.js';

export interface TextOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; default 110. */
  readonly width?: number;
  readonly sourceText?: SourceText;
  /** How a file is named to the reader: relative to where they stand. */
  readonly fileName?: (file: string) => string;
  /** Wall-clock seconds of the run, if they are to be shown. */
  readonly seconds?: number | undefined;
  /** Which of several Apps this is. */
  readonly title?: string | undefined;
  /** What was written, or why nothing was; the first part of the last line. */
  readonly outcome?: string;
}

interface Page extends Required<Pick<TextOptions, 'width' | 'sourceText' | 'fileName'>> {
  readonly paint: Paint;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const painted = (severity: Severity, { paint }: Page): string => {
  const text = severity.padEnd(8);
  return severity === 'error' ? paint.red(paint.bold(text)) : severity === 'warning' ? paint.yellow(text) : paint.cyan(text);
};

const indent = ' '.repeat(10);

/** Lines of Secrets are never shown: they may hold the values. */
const mayShowSource = ({ object }: Finding): boolean => object.kind !== 'Secret';

const findingLines = (finding: Finding, page: Page): readonly string[] => {
  const { source } = finding;
  const place =
    source === undefined ? (finding.constructPath ?? '') : `${page.fileName(source.file)}:${source.line}:${source.column}`;
  const head = `  ${painted(finding.severity, page)}${finding.code}`;
  const plainHead = 10 + finding.code.length;
  const gap = Math.max(2, page.width - plainHead - place.length);
  const body = wrap(visible(finding.message), page.width - indent.length).map((line) => `${indent}${line}`);
  // The message is mostly the server's own text, which names the field already.
  const isSaid = (item: Evidence): boolean => item.kind === 'field' && finding.message.endsWith(item.message);
  const evidence = finding.evidence
    .filter((item) => !isSaid(item))
    .flatMap((item) =>
      wrap(evidenceText(item, page.fileName), page.width - indent.length - 2).map(
        (line, index) => `${indent}${index === 0 ? '  ' : '      '}${line}`,
      ),
    );
  const code =
    source === undefined || !mayShowSource(finding)
      ? []
      : snippet(source, page.sourceText, page.width - indent.length).map((line) => page.paint.dim(`${indent}${visible(line)}`));
  const fix =
    finding.fix === undefined
      ? []
      : wrap(`${visible(finding.fix.text)}${finding.fix.verified ? ' (verified)' : ''}`, page.width - indent.length - 7).map(
          (line, index) => `${indent}${index === 0 ? page.paint.green('fix    ') : '       '}${line}`,
        );
  return [
    `${head}${' '.repeat(gap)}${page.paint.dim(place)}`,
    ...body,
    ...(evidence.length > 0 ? ['', ...evidence] : []),
    ...(code.length > 0 ? ['', ...code] : []),
    ...(fix.length > 0 ? ['', ...fix] : []),
    '',
  ];
};

/** Findings of one object stand together, where its first one stands. */
const grouped = (findings: readonly Finding[]): readonly (readonly Finding[])[] => {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = refKey(finding.object);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
};

const groupLines = (findings: readonly Finding[], page: Page): readonly string[] => {
  const [first] = findings;
  if (first === undefined) return [];
  const title = `  ${page.paint.bold(visible(refText(first.object)))}${first.constructPath === undefined ? '' : page.paint.dim(`  ${visible(first.constructPath)}`)}`;
  return [title, ...findings.flatMap((finding) => findingLines(finding, page))];
};

/** Advice in one line each: it is read, not worked through. */
const adviceLines = (findings: readonly Finding[], page: Page): readonly string[] =>
  findings.flatMap((finding) =>
    wrap(visible(finding.message), page.width - indent.length).map((line, index) =>
      index === 0 ? `  ${painted('advice', page)}${line}` : `${indent}${line}`,
    ),
  );

/** What could not be proven, by kind. */
const assumptionLines = (findings: readonly Finding[], page: Page): readonly string[] => {
  const byCode = new Map<string, Finding[]>();
  for (const finding of findings) byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), finding]);
  return [...byCode.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const text =
      same.length === 1
        ? first.message
        : `${findingCodes[first.code].title}: ${same
            .slice(0, 3)
            .map(({ message }) => message)
            .join('; ')}${same.length > 3 ? `; and ${same.length - 3} more` : ''}`;
    return wrap(visible(text), page.width - indent.length).map((line, index) =>
      page.paint.dim(index === 0 ? `  assumed ${line}` : `${indent}${line}`),
    );
  });
};

/** How many of each severity there are, as people say it: `2 errors, 1 warning`. */
const countText = (findings: readonly Finding[]): string => {
  const open = findings.filter(({ suppressed }) => suppressed === undefined);
  const of = (severity: Severity): number => open.filter((finding) => finding.severity === severity).length;
  const suppressed = findings.length - open.length;
  const parts = [
    ...(of('error') > 0 ? [plural(of('error'), 'error')] : []),
    ...(of('warning') > 0 ? [plural(of('warning'), 'warning')] : []),
    ...(of('advice') > 0 ? [`${of('advice')} advice`] : []),
    ...(of('assumption') > 0 ? [plural(of('assumption'), 'assumption')] : []),
    ...(suppressed > 0 ? [`${suppressed} accepted by the author`] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
};

/** The report that people read: what was tried, what is wrong in the order of life, what was assumed, and one last line. */
export const textReport = (verification: Verification, options: TextOptions = {}): string => {
  const page: Page = {
    width: Math.max(60, options.width ?? 110),
    sourceText: options.sourceText ?? (() => undefined),
    fileName: options.fileName ?? ((file) => file),
    paint: paint(options.colour ?? false),
  };
  const { verified, findings, accepted } = verification;
  const open = findings.filter(({ suppressed }) => suppressed === undefined);
  const of = (...severities: readonly Severity[]): readonly Finding[] =>
    open.filter(({ severity }) => severities.includes(severity));
  const summary = [
    `admitted ${plural(verified.objects, 'object')}`,
    `scheduled ${verified.scheduled === verified.pods ? plural(verified.pods, 'Pod') : `${verified.scheduled} of ${plural(verified.pods, 'Pod')}`} on ${plural(verified.nodes, 'node')}`,
    ...(verified.connections > 0 ? [plural(verified.connections, 'connection')] : []),
    ...(verified.intents > 0 ? [plural(verified.intents, 'intent')] : []),
  ].join(' · ');
  const seconds = options.seconds === undefined ? '' : `${options.seconds.toFixed(2)} s`;
  const head = `  ${summary}${seconds === '' ? '' : `${' '.repeat(Math.max(2, page.width - 2 - summary.length - seconds.length))}${page.paint.dim(seconds)}`}`;
  const faults = grouped(of('error', 'warning')).flatMap((group) => groupLines(group, page));
  const advice = adviceLines(of('advice'), page);
  const assumptions = assumptionLines(of('assumption'), page);
  const first = of('error')[0];
  const outcome = options.outcome ?? (accepted ? 'accepted' : 'nothing was written');
  const last = [
    accepted ? page.paint.green(outcome) : page.paint.red(outcome),
    countText(findings),
    ...(first === undefined ? [] : [page.paint.dim(`plimsoll help ${first.code}`)]),
  ].join(' · ');
  return [
    ...(options.title === undefined ? [] : [`  ${page.paint.bold(visible(options.title))}`]),
    head,
    '',
    ...faults,
    ...(advice.length > 0 ? [...advice, ''] : []),
    ...(assumptions.length > 0 ? [...assumptions, ''] : []),
    `  ${last}`,
    '',
  ].join('\n');
};
