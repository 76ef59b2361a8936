import { type CelFault, mostFaults } from './fault.js';
import { expectedText, type Token, type TokenKind, tokenize } from './token.js';

export type TokenSet = ReadonlySet<TokenKind>;

/** What may come after a call of a rule within its caller; `end`: the caller may be over then as well. */
interface Follow {
  readonly tokens: TokenSet;
  readonly end: boolean;
}

/** Thrown where no rule fits, caught by the rule around it, which reports and skips. */
class Unparsable extends Error {
  readonly place: string;
  constructor(place: string) {
    super();
    this.place = place;
  }
}

/** Thrown where the server stops reading for good; why is among the faults. */
export class Stopped extends Error {}

/** How often a reader may lose its way, and how much it skips to find it again. */
const limits = { recoveries: 30, skipped: 256 };

const endOfFile: TokenSet = new Set<TokenKind>(['<EOF>']);

/**
 * Reads tokens as a parser made by ANTLR does: one token too much is deleted, one that lacks is taken as read, anything else skips to
 * what may follow. So the faults and their texts are those of the server, whose parser ANTLR made.
 */
export class Grammar {
  readonly faults: CelFault[] = [];
  readonly source: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #recovering = false;
  #lastErrorIndex = -1;
  #lastErrorPlaces = new Set<string>();
  readonly #follows: Follow[] = [];
  #recoveries = 0;

  constructor(source: string) {
    this.source = source;
    this.#tokens = tokenize(source, this.faults);
  }

  /** Why all of it cannot be read. */
  stop(fault: CelFault): never {
    this.faults.push(fault);
    throw new Stopped();
  }

  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#index + ahead, last)] ?? { kind: '<EOF>', text: '<EOF>', at: this.source.length };
  }

  is(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  /** Runs a rule; what follows is `tokens`, and with `end` what follows the rule around. Undefined when it could not be read. */
  call<T>(rule: () => T, tokens: TokenSet, end: boolean): T | undefined {
    this.#follows.push({ tokens, end });
    try {
      return rule();
    } catch (error) {
      if (!(error instanceof Unparsable)) throw error;
      this.#recover(error.place);
      return undefined;
    } finally {
      this.#follows.pop();
    }
  }

  /** Before a choice: the next token must be one of `expected`, or one too much before such a one. */
  sync(expected: TokenSet, place: string): void {
    if (this.#recovering || expected.has(this.token.kind) || this.#deleteOne(expected)) return;
    this.mismatch(expected, place);
  }

  /** Before another round of a loop that had one already. */
  syncLoop(expected: TokenSet): void {
    if (this.#recovering || expected.has(this.token.kind)) return;
    this.#reportExtraneous(expected);
    this.#skipTo(new Set([...expected, ...this.#recoverySet()]), Number.POSITIVE_INFINITY);
  }

  /** Reads the token; `after` is what may follow it. */
  match(kind: TokenKind, after: TokenSet, end: boolean): Token {
    if (this.is(kind)) return this.#consumeMatched();
    this.#countRecovery();
    const expected: TokenSet = new Set([kind]);
    if (this.#deleteOne(expected)) return this.#consumeMatched();
    if (this.#following(after, end).has(this.token.kind)) {
      this.#report(this.token, `missing ${kind} at ${this.#shown(this.token)}`);
      return { kind, text: '', at: this.token.at };
    }
    return this.mismatch(expected, kind);
  }

  mismatch(expected: TokenSet, place: string): never {
    this.#report(this.token, `mismatched input ${this.#shown(this.token)} expecting ${expectedText(expected)}`);
    throw new Unparsable(place);
  }

  /** No choice fits the tokens up to the one that is `ahead`. */
  noViable(ahead: number, place: string): never {
    const offending = this.peek(ahead);
    const end =
      offending.kind === '<EOF>'
        ? this.peek(ahead - 1).at + this.peek(ahead - 1).text.length
        : offending.at + offending.text.length;
    const text = this.source.slice(this.token.at, end);
    this.#report(offending, `no viable alternative at input '${escaped(text)}'`);
    throw new Unparsable(place);
  }

  #consume(): Token {
    const { token } = this;
    if (token.kind !== '<EOF>') this.#index++;
    return token;
  }

  #consumeMatched(): Token {
    this.#recovering = false;
    this.#lastErrorIndex = -1;
    this.#lastErrorPlaces.clear();
    return this.#consume();
  }

  #report({ at }: Token, text: string): void {
    if (this.#recovering) return;
    this.#recovering = true;
    this.#add(at, text);
  }

  #add(at: number, text: string): void {
    this.faults.push({ at, text: `Syntax error: ${text}` });
    if (this.faults.length > mostFaults) throw new Stopped();
  }

  #countRecovery(): void {
    if (this.#recoveries++ < limits.recoveries) return;
    this.#add(this.token.at, `error recovery attempt limit exceeded: ${limits.recoveries}`);
    throw new Stopped();
  }

  #reportExtraneous(expected: TokenSet): void {
    this.#report(this.token, `extraneous input ${this.#shown(this.token)} expecting ${expectedText(expected)}`);
  }

  #deleteOne(expected: TokenSet): boolean {
    if (!expected.has(this.peek(1).kind) || this.is('<EOF>')) return false;
    this.#reportExtraneous(expected);
    this.#consume();
    this.#recovering = false;
    return true;
  }

  #following(tokens: TokenSet, end: boolean): TokenSet {
    if (!end) return tokens;
    const all = new Set(tokens);
    for (let depth = this.#follows.length - 1; depth >= 0; depth--) {
      const follow = this.#follows[depth];
      for (const kind of follow?.tokens ?? []) all.add(kind);
      if (follow?.end !== true) break;
    }
    return all;
  }

  #recoverySet(): Set<TokenKind> {
    return new Set(this.#follows.flatMap(({ tokens }) => [...tokens]));
  }

  #recover(place: string): void {
    this.#countRecovery();
    let left = limits.skipped;
    // The same place at the same token again: without a step this would never end.
    if (this.#lastErrorIndex === this.#index && this.#lastErrorPlaces.has(place)) {
      this.#consume();
      left--;
    }
    this.#lastErrorIndex = this.#index;
    this.#lastErrorPlaces.add(place);
    this.#skipTo(this.#recoverySet(), left);
  }

  #skipTo(kinds: TokenSet, most: number): void {
    for (let left = most; !this.is('<EOF>') && !kinds.has(this.token.kind); left--) {
      if (left === 0) this.stop({ at: -1, text: `error recovery token lookahead limit exceeded: ${limits.skipped}` });
      this.#consume();
    }
  }

  #shown({ text }: Token): string {
    return `'${escaped(text)}'`;
  }
}

const escaped = (text: string): string => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

export { endOfFile };
