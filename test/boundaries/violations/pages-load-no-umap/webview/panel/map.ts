import { UMAP } from 'umap-js'

export const map = new UMAP()
