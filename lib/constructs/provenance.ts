import { type IConstruct, Node } from 'constructs';
import type { Provenance, SourceLocation } from '../manifest/manifest.js';

/** Where each construct was made. */
const origin = Symbol('origin');

/** V8 writes the text of a stack, through source maps, only when it is read: making one costs microseconds. */
interface Stack {
  readonly stack?: string;
}

/** A frame of the author's own, or the whole way to it where that leads through libraries. */
type Call = NodeJS.CallSite | Stack;

interface Remembered {
  [origin]?: Call;
}

/** Deep enough for a cdk8s-plus construct inside a construct of the author's. */
const depth = 24;

type Constructor = abstract new (...args: never[]) => unknown;
type Callee = Constructor | ((...args: never[]) => unknown);

const nearest = (_error: Error, sites: readonly NodeJS.CallSite[]): NodeJS.CallSite | undefined => sites[0];

/** What was called from elsewhere than a file of the author, and most likely is so again. */
const calledElsewhere = new WeakSet<Callee>();

/** What one frame is captured in and read from at once, again and again: an object of its own for each takes longer than the frame. */
const probe: { readonly stack?: NodeJS.CallSite | undefined } = new Error() as object;

/** Where `callee` is called. The frame above it, if it is the author's: one frame takes a fifth of the memory of a stack, and less time. */
export const callOf = (callee: Callee): Call => {
  const limit = Error.stackTraceLimit;
  const { prepareStackTrace } = Error;
  // Not in every release of Node: without it, nothing can write the place of a frame as it would that of a stack.
  if (typeof prepareStackTrace === 'function' && !calledElsewhere.has(callee)) {
    Error.prepareStackTrace = nearest;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(probe, callee);
    const site = probe.stack;
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = limit;
    if (site !== undefined && isAuthors(site)) return site;
    calledElsewhere.add(callee);
  }
  const made: Stack = {};
  Error.stackTraceLimit = depth;
  Error.captureStackTrace(made, callee);
  Error.stackTraceLimit = limit;
  return made;
};

/** The call of a constructor whose construct is about to join the tree. */
let calling: Constructor | undefined;
let call: Call = {};
let isEarly = false;

/** For constructors of this library, before they call `super`: from where a construct joins the tree the way back to its call is longer. */
export const rememberCall = (called: Constructor, made: Call): void => {
  call = made;
  calling = called;
  isEarly = false;
};

/** `rememberCall` in a constructor below `Resource`, which is nearer to the call; `Resource` then asks whether it was. */
export const rememberEarly = (called: Constructor, made: Call): void => {
  rememberCall(called, made);
  isEarly = true;
};

export const isRemembered = (called: Constructor): boolean => isEarly && calling === called;

/**
 * Every construct, of whatever library, joins the tree through `Node.addChild`; there the call that made it is
 * still on the stack. Nothing else of `constructs` says where a construct was written.
 */
const remember = (): void => {
  const prototype = Node.prototype as unknown as { addChild?: (child: IConstruct, name: string) => void };
  const addChild = prototype.addChild;
  // A later `constructs` may be built differently: findings then lack source lines, and everything else works.
  if (addChild === undefined) return;
  const recording = function (this: Node, child: IConstruct, name: string): void {
    // Above the call of `new`: what happens inside of the constructor is of no interest, and each frame costs.
    const called = child.constructor as Constructor;
    (child as Remembered)[origin] = called === calling ? call : callOf(called);
    calling = undefined;
    isEarly = false;
    addChild.call(this, child, name);
  };
  prototype.addChild = recording;
};

remember();

const frame = /^\s*at (?:async )?(?:.*\()?(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/;

/** Frames of libraries, Plimsoll's own included, are not where the author wrote the construct. */
const isLibrary = (file: string): boolean =>
  /[\\/]node_modules[\\/]/.test(file) || ownFolders.some((folder) => file.startsWith(folder));

/** `<package>/lib/` in the repository, `<package>/build/` where it is installed through a link. */
const ownFolders = ((): readonly string[] => {
  const match = /^(?:file:\/\/)?(.*[\\/])(?:lib|build)[\\/]/.exec(decodeURIComponent(import.meta.url));
  return match?.[1] === undefined ? [] : [`${match[1]}lib/`, `${match[1]}build/`];
})();

/** Some programs take away what writes stacks; V8 then goes on with this one. */
const standard = Error.prepareStackTrace;

const textOf = (call: Call): string =>
  'getFileName' in call ? String((Error.prepareStackTrace ?? standard)?.(new Error(), [call])) : (call.stack ?? '');

/** File, line and column of the first frame that is no library's. */
const authorsFrame = (call: Call): readonly string[] | undefined => {
  for (const line of textOf(call).split('\n')) {
    const [, ...place] = frame.exec(line.trimEnd()) ?? [];
    const [file] = place;
    if (file !== undefined && !isLibrary(file)) return place;
  }
  return undefined;
};

const locate = (call: Call): SourceLocation | undefined => {
  const [file, row, column] = authorsFrame(call) ?? [];
  return file === undefined ? undefined : { file: decodeURIComponent(file), line: Number(row), column: Number(column) };
};

const authors = new Map<string, boolean>();

/** Its file is no library, and stands for itself: what source maps lead elsewhere may hold libraries as well. */
const isAuthors = (site: NodeJS.CallSite): boolean => {
  const file = site.getFileName() ?? '';
  let verdict = authors.get(file);
  if (verdict === undefined) {
    verdict = authorsFrame(site)?.[0] === file.replace(/^file:\/\//, '');
    authors.set(file, verdict);
  }
  return verdict;
};

/** The place is looked up (through source maps) when it is read. */
class Origin implements Provenance {
  readonly constructPath: string;
  readonly #call: Call | undefined;

  constructor(construct: IConstruct, call: Call | undefined) {
    this.constructPath = construct.node.path;
    this.#call = call;
  }

  get source(): SourceLocation | undefined {
    return this.#call === undefined ? undefined : locate(this.#call);
  }
}

/** Path of a construct in the tree and the place in the author's source that made it. */
export const provenanceOf = (construct: IConstruct): Provenance => new Origin(construct, (construct as Remembered)[origin]);

/** As `provenanceOf`, with the place of the call that is being made now: what is said of a construct elsewhere than where it was made. */
export const provenanceOfCall = (construct: IConstruct): Provenance => new Origin(construct, callOf(provenanceOfCall));
