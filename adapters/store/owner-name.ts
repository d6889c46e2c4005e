/** Who trades on a store, as messages name it. */
export function ownerName({ mode, source }: { readonly mode: string; readonly source: string }): string {
  return mode === source ? mode : `${mode} ${source}`;
}
