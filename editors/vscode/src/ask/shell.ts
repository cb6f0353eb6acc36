// The HTML around the page of the answer panel: what it may load is said here. No editor in here.

/** Addresses as the webview wants them. */
export interface Addresses {
  script: string;
  style: string;
  /** Where the extension's own files come from, as a source of the policy. */
  source: string;
}

/** The document: no script but the one with the nonce, no style but the extension's, nothing else at all. */
export function shell({ script, style, source }: Addresses, nonce: string): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Spelunk</title>
</head>
<body>
<main id="turns"></main>
<p id="status" class="unseen" role="status" aria-live="polite"></p>
<form id="follow">
<label for="question">Follow-up question</label>
<div class="row">
<textarea id="question" rows="2" placeholder="Ask a follow-up" aria-describedby="hint"></textarea>
<button type="submit" id="send">Ask</button>
</div>
<p id="hint"></p>
</form>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
