"""The language server as pytest-lsp's client sees it, on pygls: a second, independent reading of the protocol.

SPELUNK names the program. Each test has a repository of its own.
"""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SPELUNK = os.environ["SPELUNK"]


def capabilities(*encodings):
    offered = client_capabilities("neovim")
    offered.general = types.GeneralClientCapabilities(position_encodings=list(encodings))
    return offered


@pytest.fixture
def repository(tmp_path: pathlib.Path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text("fn main() {}\n", "utf-8")
    return tmp_path


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[SPELUNK, "lsp"]))
async def client(lsp_client: LanguageClient):
    yield
    await lsp_client.shutdown_session()


async def start(client: LanguageClient, root: pathlib.Path, *encodings):
    params = types.InitializeParams(
        capabilities=capabilities(*encodings),
        process_id=os.getpid(),
        workspace_folders=[types.WorkspaceFolder(uri=root.as_uri(), name="repo")],
    )
    return await client.initialize_session(params)


def open_document(client: LanguageClient, uri: str, text: str):
    document = types.TextDocumentItem(uri=uri, language_id="rust", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))


async def symbols(client: LanguageClient, uri: str):
    params = types.DocumentSymbolParams(text_document=types.TextDocumentIdentifier(uri=uri))
    return await client.text_document_document_symbol_async(params)


@pytest.mark.asyncio
async def test_a_session_by_the_book(client: LanguageClient, repository):
    result = await start(client, repository)
    assert result.server_info.name == "spelunk"
    assert result.capabilities.position_encoding == types.PositionEncodingKind.Utf16
    found = await symbols(client, (repository / "src" / "main.rs").as_uri())
    assert [symbol.name for symbol in found] == ["main"]


# `𝒳` is four bytes, two UTF-16 code units and one character.
LINE = "fn a() { \"𝒳\"; } fn 𝒳b() {}\n"


@pytest.mark.parametrize(
    "offered, agreed, column, inside",
    [
        ([], "utf-16", 20, 14),
        (["utf-16"], "utf-16", 20, 14),
        (["utf-8"], "utf-8", 22, 16),
        (["utf-32"], "utf-32", 19, 13),
        (["utf-16", "utf-8"], "utf-8", 22, 16),
    ],
)
@pytest.mark.asyncio
async def test_positions_are_in_the_encoding_that_was_agreed_on(
    client: LanguageClient, repository, offered, agreed, column, inside
):
    result = await start(client, repository, *map(types.PositionEncodingKind, offered))
    assert result.capabilities.position_encoding == agreed
    uri = (repository / "src" / "odd.rs").as_uri()
    open_document(client, uri, LINE)
    found = await symbols(client, uri)
    assert found[1].selection_range.start == types.Position(line=0, character=column)
    # An edit behind the wide character lands where the client means it.
    position = types.Position(line=0, character=inside)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=2),
            content_changes=[
                types.TextDocumentContentChangePartial(
                    range=types.Range(start=position, end=position), text=" fn new() {} "
                )
            ],
        )
    )
    found = await symbols(client, uri)
    assert [symbol.name for symbol in found] == ["a", "𝒳b"] and found[0].children[0].name == "new"


@pytest.mark.asyncio
async def test_an_answer_with_progress(client: LanguageClient, repository):
    await start(client, repository)
    token = "ask"
    params = types.ExecuteCommandParams(
        command="spelunk.ask", arguments=[{"question": "where is main defined?"}], work_done_token=token
    )
    answer = await client.workspace_execute_command_async(params)
    assert "src/main.rs:1" in answer["answer"]
    reports = client.progress_reports[token]
    assert reports[0].kind == "begin" and reports[-1].kind == "end"


@pytest.mark.asyncio
async def test_a_cancelled_request_ends(client: LanguageClient, repository):
    await start(client, repository)
    params = types.ExecuteCommandParams(command="spelunk.ask", arguments=[{"question": "how does main work?"}])
    request = client.protocol.send_request("workspace/executeCommand", params, msg_id="ask")
    client.cancel_request(types.CancelParams(id="ask"))
    with pytest.raises(JsonRpcException) as ended:
        await asyncio.wrap_future(request)
    assert ended.value.code == types.LSPErrorCodes.RequestCancelled
    found = await symbols(client, (repository / "src" / "main.rs").as_uri())
    assert len(found) == 1
