import { type IConstruct, Node } from 'constructs';
import type { Provenance, SourceLocation } from '../manifest/manifest.js';

/** Where each construct was made. V8 writes the text of a stack only when it is read, so making one costs a microsecond. */
const origin = Symbol('origin');

interface Stack {
  readonly stack?: string;
}

interface Remembered {
  [origin]?: Stack;
}

/** Deep enough for a cdk8s-plus construct inside a construct of the author's. */
const depth = 24;

type Constructor = abstract new (...args: never[]) => unknown;

/** Each frame up to that of `callee`, and each kept above it, costs about a microsecond. */
export const stackAbove = (callee: Constructor | ((...args: never[]) => unknown)): Stack => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const made: Stack = {};
  Error.captureStackTrace(made, callee);
  Error.stackTraceLimit = limit;
  return made;
};

/** The call of a constructor whose construct is about to join the tree. */
let calling: Constructor | undefined;
let call: Stack = {};
let isEarly = false;

/** For constructors of this library, before they call `super`: from where a construct joins the tree the way back to its call is longer. */
export const rememberCall = (called: Constructor, made: Stack): void => {
  call = made;
  calling = called;
  isEarly = false;
};

/** `rememberCall` in a constructor below `Resource`, which is nearer to the call; `Resource` then asks whether it was. */
export const rememberEarly = (called: Constructor, made: Stack): void => {
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
    (child as Remembered)[origin] = called === calling ? call : stackAbove(called);
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

const locate = ({ stack = '' }: Stack): SourceLocation | undefined => {
  for (const line of stack.split('\n')) {
    const match = frame.exec(line.trimEnd());
    const [, file, row, column] = match ?? [];
    if (file === undefined || isLibrary(file)) continue;
    return { file: decodeURIComponent(file), line: Number(row), column: Number(column) };
  }
  return undefined;
};

/** The place is looked up (through source maps) when it is read. */
class Origin implements Provenance {
  readonly constructPath: string;
  readonly #made: Stack | undefined;

  constructor(construct: IConstruct, made: Stack | undefined) {
    this.constructPath = construct.node.path;
    this.#made = made;
  }

  get source(): SourceLocation | undefined {
    return this.#made === undefined ? undefined : locate(this.#made);
  }
}

/** Path of a construct in the tree and the place in the author's source that made it. */
export const provenanceOf = (construct: IConstruct): Provenance => new Origin(construct, (construct as Remembered)[origin]);

/** As `provenanceOf`, with the place of the call that is being made now: what is said of a construct elsewhere than where it was made. */
export const provenanceOfCall = (construct: IConstruct): Provenance => new Origin(construct, stackAbove(provenanceOfCall));
