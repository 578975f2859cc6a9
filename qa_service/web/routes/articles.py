"""`/v1/collections` and `/v1/articles`."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from pydantic import ValidationError

from qa_service.options.column_map import column_map
from qa_service.options.refusals import refuse_fields
from qa_service.service import Service
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.routes import ARTICLES, responses
from qa_service.web.routes.jobs import accepted
from qa_service.web.schemas.jobs import JobAccepted
from qa_service.web.schemas.requests import (
    ArticleBody,
    ArticleListQuery,
    ArticlePath,
    CollectionQuery,
    NoQuery,
)
from qa_service.web.schemas.responses import (
    AddedItem,
    AddedResponse,
    ArticleListResponse,
    ArticleResponse,
    CollectionItem,
    CollectionListResponse,
    DeletedResponse,
)
from qa_service.web.schemas.uploads import POST_BODY, UploadForm
from qa_service.web.uploads import form_fields, uploaded_files

__all__ = ["article_routes"]


def article_routes(service: Service) -> ApiRoutes:
    api = ApiRoutes("articles", __name__, abp_tags=[ARTICLES])

    @api.get("/v1/collections", responses=responses(400, ok=CollectionListResponse), operation_id="list_collections")
    def list_collections(query: NoQuery) -> Response:
        """List collections."""
        found = [CollectionItem.of(info) for info in service.collections()]
        return json_response(CollectionListResponse(collections=found, reranker=service.settings.reranker))

    @api.get("/v1/articles", responses=responses(400, 404, ok=ArticleListResponse), operation_id="list_articles")
    def list_articles(query: ArticleListQuery) -> Response:
        """List articles, in order of their ids."""
        page = service.articles(query.collection, limit=query.limit, after=query.after)
        return json_response(ArticleListResponse.of(page))

    @api.post(
        "/v1/articles",
        responses=responses(400, 409, 413, 415, ok=AddedResponse, created=AddedResponse, accepted=JobAccepted),
        openapi_extensions={"requestBody": POST_BODY},
        operation_id="add_articles",
    )
    def add_articles() -> Response:
        """Add an article as JSON, or files as multipart/form-data.

        JSON answers 201 once the article is durable and searchable, 200 if an identical one was there; another text
        under an `article_id` that is there replaces that article. Files of all formats, and archives of them, answer
        202 with a job that tells, per file, what came of it.
        """
        try:
            if request.mimetype == "multipart/form-data":
                form = UploadForm.model_validate(form_fields())
                files = uploaded_files(form.metadata)
                return accepted(service.submit_files(files, form.collection, columns=column_map(form.map)).job_id)
            body = ArticleBody.model_validate(request.get_json())
        except ValidationError as error:
            refuse_fields(error)
        articles, generation, created = service.add_article(body.record(), body.collection)
        added = AddedResponse(articles=[AddedItem.of(a) for a in articles], generation=generation)
        response = json_response(added, 201 if created else 200)
        if len(articles) == 1:
            response.headers["Location"] = f"/v1/articles/{quote(articles[0].article_id, safe='')}"
        return response

    @api.get(
        "/v1/articles/<id:article_id>", responses=responses(400, 404, ok=ArticleResponse), operation_id="get_article"
    )
    def get_article(path: ArticlePath, query: CollectionQuery) -> Response:
        """Read an article: metadata and the text that citations point into."""
        article = service.article(path.article_id, query.collection)
        more = {"label": article.label, "article_sha256": article.sha256, "characters": len(article.text)}
        return json_response(ArticleResponse.of(article, **more))

    @api.delete(
        "/v1/articles/<id:article_id>",
        responses=responses(400, 404, 409, ok=DeletedResponse),
        operation_id="delete_article",
    )
    def delete_article(path: ArticlePath, query: CollectionQuery) -> Response:
        """Delete an article: it is gone from every answer at once. Adding it again is a new article."""
        generation = service.delete_article(path.article_id, query.collection)
        return json_response(DeletedResponse(article_id=path.article_id, generation=generation))

    return api
