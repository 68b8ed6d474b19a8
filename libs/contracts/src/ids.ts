import { v7, validate } from 'uuid';

/** Time-ordered UUID (v7), made by us and never by the database. */
export const newId = (): string => v7();

export const isUuid = (text: string): boolean => validate(text);
