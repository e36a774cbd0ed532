/** How large a proof is: `npm test` takes the quick size, `npm run fuzz` and `npm run soak` the full one. */
export function proofSize(sizes: { readonly quick: number; readonly full: number }): number {
  return process.env['HOT_FUNCTIONS_PROOF'] === 'full' ? sizes.full : sizes.quick;
}
