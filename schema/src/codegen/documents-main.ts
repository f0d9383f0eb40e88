import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { OPERATIONS_FOLDER } from '../check/schema-workspace.ts';
import { API_PATH } from '../compose.ts';
import { readFolder } from '../files.ts';
import { workspaceRoot } from '../subgraphs.ts';
import { generateTypedDocuments } from './typed-documents.ts';

// The `codegen` script of packages/documents: makes the typed documents of schema/operations, in the package it runs in.
const folder = process.cwd();
const output = join(folder, 'src', 'generated', 'documents.ts');
const api = readFileSync(join(workspaceRoot, API_PATH), 'utf8');
const code = await generateTypedDocuments(api, readFolder(join(workspaceRoot, OPERATIONS_FOLDER), '**/*.graphql'));
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, code);
process.stdout.write(`codegen: wrote ${relative(folder, output)}\n`);
