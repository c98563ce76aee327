export const title = 'Runs'
