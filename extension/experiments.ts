/** What an experiment file is to the editor. */
export const languageId = 'triplet'
export const experimentPattern = '**/*.triplet.json'
