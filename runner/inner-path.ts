import { visible } from './shown.ts';

/** No `..` or `.`, and no separator, drive or character that some system reads in its own way. */
const PART = String.raw`(?!\.{1,2}(?:\/|$))[^\/\\\p{Cc}]+`;

/** A path that stays inside the folder it is relative to. */
export const INNER_PATH = new RegExp(String.raw`^(?![A-Za-z]:)${PART}(?:\/${PART})*$`, 'u');

/** The same of a folder, where it ends with a slash, or of a file. */
export const INNER_PATH_OR_FOLDER = new RegExp(INNER_PATH.source.replace(/\$$/, '\\/?$'), 'u');

export const INNER_PATH_RULE = 'Use a path relative to the project, without `..` and with forward slashes.';

/** @param root absolute path of the folder that was taken for the project */
export const missingFile = (file: string, root: string) => ({
  message: `there is no file \`${file}\``,
  remedy: `Create it, or correct the path; it is relative to the project, which is ${visible(root)}.`,
});
