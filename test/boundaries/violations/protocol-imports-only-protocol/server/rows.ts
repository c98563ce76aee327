export type Row = { readonly id: number }
