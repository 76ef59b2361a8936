import { type CelFault, mostFaults } from './fault.js';
import { endOfFile, Grammar, Stopped, type TokenSet } from './grammar.js';
import { reservedWords, unquote } from './literal.js';
import { expandMacro } from './macro.js';
import { type Entry, type Field, type Item, isDeeper, type Node } from './node.js';
import type { TokenKind } from './token.js';
import { Uint } from './value.js';

const set = (...kinds: TokenKind[]): TokenSet => new Set(kinds);
const or = (...sets: TokenSet[]): TokenSet => new Set(sets.flatMap((kinds) => [...kinds]));

const literals = set("'-'", "'true'", "'false'", "'null'", 'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES');
const firstOfPrimary = or(literals, set("'['", "'{'", "'('", "'.'", 'IDENTIFIER'));
const firstOfExpr = or(firstOfPrimary, set("'!'"));
const optional = set("'?'");
const comma = set("','");
const relations = set("'<'", "'<='", "'>='", "'>'", "'=='", "'!='", "'in'");
const products = set("'*'", "'/'", "'%'");
const sums = set("'+'", "'-'");
const calculations = or(products, sums);
const members = set("'.'", "'['");
const names = set('IDENTIFIER', 'ESC_IDENTIFIER');
const none = set();
const colon = set("':'");
const closeParen = set("')'");
const closeBracket = set("']'");
const closeBrace = set("'}'");
const openParen = set("'('");
const orSign = set("'||'");
const andSign = set("'&&'");
const listEnd = set("']'", "','");
const braceEnd = set("'}'", "','");
const afterNot = or(firstOfPrimary, set("'!'"));
const firstOfItem = or(firstOfExpr, optional);
const firstOfField = or(names, optional);
const firstOfArgs = or(firstOfExpr, closeParen);
const firstOfList = or(firstOfItem, listEnd);

const operators = new Map<string, string>([
  ['in', '@in'],
  ['-', '_-_'],
]);
const operatorOf = (text: string): string => operators.get(text) ?? `_${text}_`;

const limits = { code: 100_000, depth: 250 };
const nesting: CelFault = { at: -1, text: `expression recursion limit exceeded: ${limits.depth}` };

/** Reads an expression; faults come with the server's texts. */
export const parse = (source: string): { readonly node: Node | undefined; readonly faults: readonly CelFault[] } => {
  const length = [...source].length;
  if (length > limits.code) {
    return {
      node: undefined,
      faults: [{ at: -1, text: `expression code point size exceeds limit: size: ${length}, limit ${limits.code}` }],
    };
  }
  const parser = new Parser(source);
  const node = parser.start();
  const { faults } = parser;
  if (faults.length > 0) return { node: undefined, faults };
  return isDeeper(node, limits.depth)
    ? { node: undefined, faults: [{ at: -1, text: 'max recursion depth exceeded' }] }
    : { node, faults };
};

// What stands for a part that could not be read: there is a fault then, and the tree is not used.
const unread: Node = { kind: 'literal', at: 0, value: null };

class Parser {
  readonly #g: Grammar;
  /** What is wrong with what could be read. */
  readonly #faults: CelFault[] = [];
  #isStopped = false;
  readonly #depths = { expr: 0, relation: 0, calc: 0 };

  constructor(source: string) {
    this.#g = new Grammar(source);
  }

  get faults(): readonly CelFault[] {
    return this.#isStopped ? this.#g.faults : [...this.#g.faults, ...this.#faults];
  }

  start(): Node {
    try {
      if (this.#g.faults.length > mostFaults) throw new Stopped();
      const node = this.#expr(endOfFile, false);
      this.#g.call(() => this.#g.match('<EOF>', none, false), none, false);
      return node;
    } catch (error) {
      this.#isStopped = true;
      // The stack may be full a little before the server's limit.
      if (error instanceof RangeError) this.#g.faults.push(nesting);
      else if (!(error instanceof Stopped)) throw error;
      return unread;
    }
  }

  #fault(at: number, text: string): Node {
    this.#faults.push({ at, text });
    return unread;
  }

  /** Runs a rule that may stand within itself. */
  #nested(rule: 'expr' | 'relation' | 'calc', read: () => Node, tokens: TokenSet, end: boolean): Node {
    if (++this.#depths[rule] > limits.depth) this.#g.stop(nesting);
    const node = this.#g.call(read, tokens, end) ?? unread;
    this.#depths[rule]--;
    return node;
  }

  #expr(tokens: TokenSet, end: boolean): Node {
    return this.#nested('expr', () => this.#conditional(), tokens, end);
  }

  #conditional(): Node {
    const condition = this.#chain("'||'", optional, true, () => this.#and());
    if (!this.#g.is("'?'")) return condition;
    const { at } = this.#g.match("'?'", firstOfExpr, false);
    const yes = this.#chain("'||'", colon, false, () => this.#and());
    this.#g.match("':'", firstOfExpr, false);
    const no = this.#expr(none, true);
    return { kind: 'call', at, name: '_?_:_', args: [condition, yes, no] };
  }

  #and(): Node {
    return this.#chain("'&&'", orSign, true, () => this.#relation(andSign, 1));
  }

  /** `a || b || c`: one call with all terms. */
  #chain(operator: TokenKind, tokens: TokenSet, end: boolean, term: () => Node): Node {
    const read = (): Node => {
      const terms = [term()];
      let at = -1;
      while (this.#g.is(operator)) {
        const token = this.#g.match(operator, firstOfExpr, false);
        if (at < 0) at = token.at;
        terms.push(term());
      }
      const [only] = terms;
      if (terms.length === 1 && only !== undefined) return only;
      return { kind: 'call', at, name: operatorOf(operator.slice(1, -1)), args: terms };
    };
    return this.#g.call(read, tokens, end) ?? unread;
  }

  #relation(tokens: TokenSet, precedence: number): Node {
    return this.#binary(
      'relation',
      tokens,
      precedence,
      [relations],
      () => this.#calc(relations, 1),
      (next) => this.#relation(relations, next),
    );
  }

  #calc(tokens: TokenSet, precedence: number): Node {
    return this.#binary(
      'calc',
      tokens,
      precedence,
      [sums, products],
      () => this.#unary(),
      (next) => this.#calc(calculations, next),
    );
  }

  /** Operators of one rule, the weakest first; all bind to the left. */
  #binary(
    rule: 'relation' | 'calc',
    tokens: TokenSet,
    precedence: number,
    levels: readonly TokenSet[],
    first: () => Node,
    right: (next: number) => Node,
  ): Node {
    const read = (): Node => {
      let node = first();
      for (;;) {
        const level = levels.findIndex((kinds) => kinds.has(this.#g.token.kind)) + 1;
        if (level === 0 || level < precedence) return node;
        const { at, text } = this.#g.match(this.#g.token.kind, firstOfExpr, false);
        node = { kind: 'call', at, name: operatorOf(text), args: [node, right(level + 1)] };
      }
    };
    return this.#nested(rule, read, tokens, true);
  }

  #unary(): Node {
    return this.#g.call(() => this.#signed(), calculations, true) ?? unread;
  }

  #signed(): Node {
    const g = this.#g;
    g.sync(firstOfExpr, 'unary');
    const sign = g.token.kind;
    if (sign === "'-'" && !firstOfPrimary.has(g.peek(1).kind)) g.noViable(1, 'unary');
    const isNumber = sign === "'-'" && (g.peek(1).kind === 'NUM_INT' || g.peek(1).kind === 'NUM_FLOAT');
    if (isNumber || (sign !== "'!'" && sign !== "'-'")) return this.#member();
    const { at } = g.token;
    let count = 0;
    while (g.is(sign)) {
      g.match(sign, firstOfExpr, false);
      count++;
      g.syncLoop(sign === "'!'" ? afterNot : firstOfPrimary);
      if (g.is("'-'") && !firstOfPrimary.has(g.peek(1).kind)) g.noViable(1, 'signs');
    }
    const member = this.#member();
    return count % 2 === 0 ? member : { kind: 'call', at, name: sign === "'!'" ? '!_' : '-_', args: [member] };
  }

  #member(): Node {
    return this.#g.call(() => this.#memberOf(), none, true) ?? unread;
  }

  #memberOf(): Node {
    const g = this.#g;
    let node = g.call(() => this.#primary(), members, true) ?? unread;
    for (;;) {
      if (g.is("'['")) node = this.#index(node);
      else if (g.is("'.'")) node = this.#select(node);
      else return node;
    }
  }

  #index(of: Node): Node {
    const g = this.#g;
    const { at } = g.match("'['", firstOfExpr, false);
    g.sync(firstOfItem, 'index');
    const isOptional = g.is("'?'");
    if (isOptional) g.match("'?'", firstOfExpr, false);
    const index = this.#expr(closeBracket, false);
    g.match("']'", members, true);
    return { kind: 'call', at, name: isOptional ? '_[?_]' : '_[_]', args: [of, index] };
  }

  #select(of: Node): Node {
    const g = this.#g;
    const next = g.peek(1).kind;
    if (next !== "'?'" && !names.has(next)) g.noViable(1, 'select');
    const { at } = g.match("'.'", names, false);
    if (next === 'IDENTIFIER' && g.peek(1).kind === "'('") {
      const name = g.match('IDENTIFIER', openParen, false).text;
      const open = g.match("'('", firstOfExpr, false).at;
      return this.#call(open, name, this.#args(), of);
    }
    const isOptional = next === "'?'";
    if (isOptional) g.match("'?'", names, false);
    const field = this.#name(members, true);
    return isOptional ? { kind: 'optSelect', at, of, field } : { kind: 'select', at, of, field, test: false };
  }

  #name(tokens: TokenSet, end: boolean): string {
    const read = (): string => {
      const g = this.#g;
      g.sync(names, 'name');
      if (!g.is('ESC_IDENTIFIER')) return g.match('IDENTIFIER', none, true).text;
      const { at } = g.match('ESC_IDENTIFIER', none, true);
      this.#fault(at, "unsupported syntax: '`'");
      return '';
    };
    return this.#g.call(read, tokens, end) ?? '';
  }

  #args(): readonly Node[] {
    const g = this.#g;
    g.sync(firstOfArgs, 'args');
    const args = g.is("')'") ? [] : this.#list(comma, closeParen, () => this.#expr(comma, true));
    g.match("')'", members, true);
    return args;
  }

  #list<T>(separator: TokenSet, tokens: TokenSet, element: () => T): readonly T[] {
    const read = (): T[] => {
      const elements = [element()];
      // A comma before the closing bracket belongs to the bracket.
      while (separator.has(this.#g.token.kind) && (tokens.has("')'") || this.#startsElement(tokens))) {
        this.#g.match("','", firstOfExpr, false);
        elements.push(element());
      }
      return elements;
    };
    return this.#g.call(read, tokens, false) ?? [];
  }

  #startsElement(closing: TokenSet): boolean {
    const next = this.#g.peek(1).kind;
    return !closing.has(next) && (firstOfExpr.has(next) || next === "'?'" || next === 'ESC_IDENTIFIER');
  }

  #call(at: number, name: string, args: readonly Node[], target?: Node): Node {
    const expansion = expandMacro(at, name, target, args);
    if (expansion === undefined) return { kind: 'call', at, name, ...(target !== undefined && { target }), args };
    return 'fault' in expansion ? this.#fault(expansion.fault.at, expansion.fault.text) : expansion.node;
  }

  #primary(): Node {
    const g = this.#g;
    g.sync(firstOfPrimary, 'primary');
    const { kind, at } = g.token;
    if (kind === "'('") {
      g.match("'('", firstOfExpr, false);
      const node = this.#expr(closeParen, false);
      g.match("')'", none, true);
      return node;
    }
    if (kind === "'['") return this.#listLiteral();
    if (kind === "'{'") return { kind: 'map', at, entries: this.#braced(() => this.#entry()) };
    if (kind === "'.'" && g.peek(1).kind !== 'IDENTIFIER') g.noViable(1, 'primary');
    return kind === "'.'" || kind === 'IDENTIFIER' ? this.#named() : this.#literal();
  }

  #listLiteral(): Node {
    const g = this.#g;
    const { at } = g.match("'['", firstOfExpr, false);
    g.sync(firstOfList, 'list');
    const items = listEnd.has(g.token.kind) ? [] : this.#list(comma, listEnd, () => this.#item());
    g.sync(listEnd, 'list end');
    if (g.is("','")) g.match("','", closeBracket, false);
    g.match("']'", none, true);
    return { kind: 'list', at, items };
  }

  #item(tokens: TokenSet = comma, end = true): Item {
    const read = (): Item => {
      this.#g.sync(firstOfItem, 'item');
      const isOptional = this.#g.is("'?'");
      if (isOptional) this.#g.match("'?'", firstOfExpr, false);
      return { value: this.#expr(none, true), optional: isOptional };
    };
    return this.#g.call(read, tokens, end) ?? { value: unread, optional: false };
  }

  #braced<T>(element: () => T, first: TokenSet = firstOfItem): readonly T[] {
    const g = this.#g;
    g.match("'{'", first, false);
    g.sync(or(first, braceEnd), 'braces');
    const elements = braceEnd.has(g.token.kind) ? [] : this.#list(comma, braceEnd, element);
    g.sync(braceEnd, 'braces end');
    if (g.is("','")) g.match("','", closeBrace, false);
    g.match("'}'", none, true);
    return elements;
  }

  #entry(): Entry {
    const key = this.#item(colon, false);
    this.#g.match("':'", firstOfExpr, false);
    return { key: key.value, optional: key.optional, value: this.#expr(comma, true) };
  }

  #field(): Field {
    const g = this.#g;
    const read = (): { name: string; optional: boolean } => {
      g.sync(firstOfField, 'field');
      const isOptional = g.is("'?'");
      if (isOptional) g.match("'?'", names, false);
      return { name: this.#name(none, true), optional: isOptional };
    };
    const { name, optional: isOptional } = g.call(read, colon, false) ?? { name: '', optional: false };
    const { at } = g.match("':'", firstOfExpr, false);
    return { at, name, optional: isOptional, value: this.#expr(comma, true) };
  }

  /** A name, a call, or a message: which one the tokens behind the name tell. */
  #named(): Node {
    const g = this.#g;
    const dot = g.is("'.'") ? 1 : 0;
    let last = dot;
    while (g.peek(last + 1).kind === "'.'" && g.peek(last + 2).kind === 'IDENTIFIER') last += 2;
    if (g.peek(last + 1).kind === "'{'") {
      let name = '';
      for (let read = 0; read <= last; read++) name += g.match(g.token.kind, none, true).text;
      const { at } = g.token;
      return { kind: 'message', at, name, fields: this.#braced(() => this.#field(), firstOfField) };
    }
    if (dot === 1) g.match("'.'", names, false);
    const { text, at } = g.match('IDENTIFIER', none, true);
    const prefix = dot === 1 ? '.' : '';
    if (!g.is("'('")) {
      if (reservedWords.has(text)) return this.#fault(at - dot, `reserved identifier: ${text}`);
      return { kind: 'ident', at, name: prefix + text };
    }
    const open = g.match("'('", firstOfExpr, false).at;
    const args = this.#args();
    if (reservedWords.has(text)) return this.#fault(at - dot, `reserved identifier: ${text}`);
    return this.#call(open, prefix + text, args);
  }

  #literal(): Node {
    const g = this.#g;
    const { at } = g.token;
    if (g.is("'-'") && g.peek(1).kind !== 'NUM_INT' && g.peek(1).kind !== 'NUM_FLOAT') g.noViable(1, 'primary');
    const sign = g.is("'-'") ? g.match("'-'", literals, false).text : '';
    const { kind, text } = g.token;
    if (!literals.has(kind)) return g.mismatch(firstOfPrimary, 'primary');
    g.match(kind, none, true);
    if (kind === 'STRING' || kind === 'BYTES') return { kind: 'literal', at, value: unquote(text) };
    if (kind === 'NUM_FLOAT') {
      const value = Number(sign + text);
      return Number.isFinite(value) ? { kind: 'literal', at, value } : this.#fault(at, 'invalid double literal');
    }
    if (kind === 'NUM_INT') {
      const value = sign === '-' ? -BigInt(text) : BigInt(text);
      return BigInt.asIntN(64, value) === value ? { kind: 'literal', at, value } : this.#fault(at, 'invalid int literal');
    }
    if (kind === 'NUM_UINT') {
      const value = BigInt(text.slice(0, -1));
      return BigInt.asUintN(64, value) === value
        ? { kind: 'literal', at, value: new Uint(value) }
        : this.#fault(at, 'invalid uint literal');
    }
    return { kind: 'literal', at, value: kind === "'null'" ? null : kind === "'true'" };
  }
}
