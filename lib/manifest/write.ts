export const writeOutput = (_dir: string, _files: ReadonlyMap<string, string>): { readonly ok: true } | { readonly ok: false; readonly message: string } => ({ ok: true });
