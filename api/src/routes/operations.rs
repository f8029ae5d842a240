//! The operations every kind of record has, declared once: list, get, create, replace, change,
//! delete, history, former states and restoring them. What they do is in [`registered`](crate::respond::registered); here they get
//! their addresses and their place in the document.

use utoipa::IntoParams;

/// The header by which clients say which languages they read.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header and is never made")]
pub(super) struct AcceptLanguage {
    /// Languages wanted, best first: `in_language` then shows titles and abstracts in the first
    /// there is, else in English, else in any.
    #[param(rename = "Accept-Language", example = "it, en;q=0.8")]
    accept_language: Option<String>,
}

/// Declares the operations of a kind of record, and `register_operations`, which registers
/// them.
///
/// Names of functions are written out, since operation ids are made of them. `ids` tells
/// whether records are found by identifiers of other registries too; where they are not, it
/// says what to do with such an identifier, `{}`. Without `create`, records are created
/// elsewhere, below another record.
macro_rules! operations {
    (
        $tag:literal: $a:literal, $one:literal;
        types: $Record:ident, $Content:ident, $Filter:ident, shown as $Shown:ident;
        queries: $ListQuery:ident, $Query:ident, $Patch:ident;
        store: $store:ident, ids: $ids:ident $(($instead:literal))?;
        examples: $example:ident, $list_example:ident, $content_example:ident,
            $patch_example:ident;
        list: $list:ident;
        get: $get:ident, $get_doc:literal;
        $(create: $create:ident, $create_doc:literal;)?
        replace: $replace:ident;
        update: $update:ident;
        delete: $delete:ident, $delete_doc:literal;
        history: $history:ident;
        state: $former:ident;
        restore: $restore:ident;
        withdraw: $withdraw:ident;
    ) => {
        // The document knows these by their bare names only.
        use actix_web::{delete, get, patch, post, put};

        #[doc = concat!("What a list of ", $tag, " may be asked for.")]
        pub(super) type $ListQuery = $crate::respond::ListQuery<$Shown, $Filter>;
        #[doc = concat!("How ", $a, " may be shown.")]
        type $Query = $crate::respond::RecordQuery<$Shown>;
        #[doc = concat!("A change of ", $a, ", as the document shows it.")]
        type $Patch = consortia_domain::merge_patch::MergePatch<$Content>;

        fn register_operations(
            config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>,
        ) {
            config.service($get).service($list);
            $(config.service($create);)?
            config.service($replace).service($update).service($delete);
            config.service($history).service($former).service($restore).service($withdraw);
        }

        impl $crate::respond::Registered for $Record {
            type Filter = $Filter;
            type Shown = $Shown;
            const INSTEAD_OF_EXTERNAL_IDS: Option<&'static str> =
                $crate::routes::operations::operations!(@instead $($instead)?);

            fn list(
                c: &mut consortia_db::Conn<'_>,
                request: &consortia_domain::page::ListRequest<$Filter>,
            ) -> consortia_db::Result<consortia_domain::page::Page<Self>> {
                consortia_db::$store::list(c, request)
            }

            fn get(
                c: &mut consortia_db::Conn<'_>,
                wanted: &consortia_domain::id::RecordRef,
            ) -> consortia_db::Result<Self> {
                $crate::routes::operations::operations!(@get $ids, $store, c, wanted)
            }

            fn update(
                tx: &mut consortia_db::Tx<'_>,
                id: uuid::Uuid,
                version: u32,
                content: &$Content,
            ) -> consortia_db::Result<Self> {
                consortia_db::$store::update(tx, id.into(), Some(version), content)
            }

            fn delete(
                tx: &mut consortia_db::Tx<'_>,
                id: uuid::Uuid,
                version: u32,
            ) -> consortia_db::Result<()> {
                consortia_db::$store::delete(tx, id.into(), Some(version))
            }
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("List ", $tag),
            description = concat!(
                "All ", $tag, " that match every condition, page by page; as ndjson or csv the \
                 whole list."
            ),
            params($ListQuery, $crate::routes::operations::AcceptLanguage),
            responses(
                (status = 200, description = concat!("A page of ", $tag, "."),
                 headers(("ETag" = String, description = "Tells whether the page changed."),
                         ("Link" = String, description = "The next page, `rel=\"next\"`.")),
                 body = $crate::respond::List<$Shown>,
                 example = $crate::routes::examples::$list_example),
                (status = 304, description = "The page has not changed."),
                $crate::routes::errors::ReadErrors,
            )
        )]
        #[get("")]
        async fn $list(
            http: actix_web::HttpRequest,
            state: actix_web::web::Data<$crate::state::State>,
            query: $crate::extract::Query<$ListQuery>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::list::<$Record>(&http, &state, query.0).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Get ", $a),
            description = $get_doc,
            params(
                $crate::extract::RecordPath,
                $Query,
                $crate::routes::operations::AcceptLanguage,
            ),
            responses(
                (status = 200, description = concat!("The ", $one, "."),
                 headers(("ETag" = String,
                          description = "Version and digest; give it back in `If-Match`."),
                         ("Last-Modified" = String, description = "When it last changed.")),
                 body = $Shown, example = $crate::routes::examples::$example),
                (status = 304, description = "It has not changed."),
                $crate::routes::errors::RecordErrors,
            )
        )]
        #[get("/{id}")]
        async fn $get(
            http: actix_web::HttpRequest,
            state: actix_web::web::Data<$crate::state::State>,
            path: $crate::extract::RecordPath,
            query: $crate::extract::Query<$Query>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::get::<$Record>(&http, &state, path, query.0).await
        }

        $(
            #[utoipa::path(
                tag = $tag,
                summary = concat!("Create ", $a),
                description = concat!(
                    $create_doc,
                    " Send an `Idempotency-Key` to be able to repeat the request safely."
                ),
                security(("bearer" = [])),
                params($crate::extract::IdempotencyKey),
                request_body(content = $Content,
                             example = $crate::routes::examples::$content_example),
                responses(
                    (status = 201, description = "It was created.",
                     headers(("Location" = String, description = "Where it is."),
                             ("ETag" = String, description = "Its version and digest.")),
                     body = $Shown, example = $crate::routes::examples::$example),
                    $crate::routes::errors::CreateErrors,
                )
            )]
            #[post("")]
            async fn $create(
                http: actix_web::HttpRequest,
                state: actix_web::web::Data<$crate::state::State>,
                writer: $crate::auth::Writer,
                key: $crate::extract::IdempotencyKey,
                body: $crate::extract::Body<$Content>,
            ) -> $crate::respond::Answer {
                let work = consortia_db::$store::create;
                $crate::respond::registered::post::<$Record, _>(
                    &http, &state, &writer, key, body, work,
                )
                .await
            }
        )?

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Replace ", $a),
            description = "Puts the whole content in the place of the old: what is left out \
                           becomes unknown.",
            security(("bearer" = [])),
            params($crate::extract::RecordPath, $crate::extract::IfMatch),
            request_body(content = $Content,
                         example = $crate::routes::examples::$content_example),
            responses(
                (status = 200, description = "It was replaced.",
                 headers(("ETag" = String, description = "Its new version and digest.")),
                 body = $Shown, example = $crate::routes::examples::$example),
                $crate::routes::errors::ChangeErrors,
            )
        )]
        #[put("/{id}")]
        async fn $replace(
            state: actix_web::web::Data<$crate::state::State>,
            writer: $crate::auth::Writer,
            path: $crate::extract::RecordPath,
            if_match: $crate::extract::IfMatch,
            body: $crate::extract::Body<$Content>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::put::<$Record>(&state, &writer, path, if_match, body).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Change ", $a),
            description = "A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, \
                           a list is replaced as a whole.",
            security(("bearer" = [])),
            params($crate::extract::RecordPath, $crate::extract::IfMatch),
            request_body(content = $Patch, content_type = "application/merge-patch+json",
                         example = $crate::routes::examples::$patch_example),
            responses(
                (status = 200, description = "It was changed.",
                 headers(("ETag" = String, description = "Its new version and digest.")),
                 body = $Shown, example = $crate::routes::examples::$example),
                $crate::routes::errors::ChangeErrors,
            )
        )]
        #[patch("/{id}")]
        async fn $update(
            state: actix_web::web::Data<$crate::state::State>,
            writer: $crate::auth::Writer,
            path: $crate::extract::RecordPath,
            if_match: $crate::extract::IfMatch,
            body: $crate::extract::PatchBody<$Content>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::patch::<$Record>(&state, &writer, path, if_match, body)
                .await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Delete ", $a),
            description = concat!(
                $delete_doc,
                " Its history stays, and reading it answers 410. Needs the role staff."
            ),
            security(("bearer" = [])),
            params($crate::extract::RecordPath, $crate::extract::IfMatch),
            responses(
                (status = 204, description = "It was deleted."),
                $crate::routes::errors::DeleteErrors,
            )
        )]
        #[delete("/{id}")]
        async fn $delete(
            state: actix_web::web::Data<$crate::state::State>,
            staff: $crate::auth::Staff,
            path: $crate::extract::RecordPath,
            if_match: $crate::extract::IfMatch,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::delete::<$Record>(&state, &staff, path, if_match).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("List the changes of ", $a),
            description = concat!(
                "Its history, oldest first; a deleted ", $one, " keeps its own, under its id."
            ),
            params($crate::extract::RecordPath, $crate::routes::revisions::RevisionQuery),
            responses(
                (status = 200, description = "A page of its history.",
                 body = $crate::respond::List<consortia_domain::revision::Revision>,
                 example = $crate::routes::examples::revision_list),
                (status = 304, description = "The page has not changed."),
                $crate::routes::errors::RecordErrors,
            )
        )]
        #[get("/{id}/revisions")]
        async fn $history(
            http: actix_web::HttpRequest,
            state: actix_web::web::Data<$crate::state::State>,
            path: $crate::extract::RecordPath,
            query: $crate::extract::Query<$crate::routes::revisions::RevisionQuery>,
        ) -> $crate::respond::Answer {
            $crate::routes::revisions::answer::<$Record>(&http, &state, path, query.0).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Get a former state of ", $a),
            description = concat!(
                "What was stated about the ", $one, " at an instant or in a version, and from \
                 when to when; without either, what is stated now. A deleted ", $one, " has its \
                 former states too, under its id."
            ),
            params($crate::extract::RecordPath, $crate::routes::revisions::StateQuery),
            responses(
                (status = 200, description = "The state.",
                 headers(("ETag" = String, description = "Tells whether anything changed.")),
                 body = $crate::respond::Document<consortia_domain::revision::FormerState>,
                 example = $crate::routes::examples::former_state),
                (status = 304, description = "Nothing has changed."),
                $crate::routes::errors::RecordErrors,
            )
        )]
        #[get("/{id}/state")]
        async fn $former(
            http: actix_web::HttpRequest,
            state: actix_web::web::Data<$crate::state::State>,
            path: $crate::extract::RecordPath,
            query: $crate::extract::Query<$crate::routes::revisions::StateQuery>,
        ) -> $crate::respond::Answer {
            $crate::routes::revisions::former::<$Record>(&http, &state, path, query.0).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Restore a former version of ", $a),
            description = concat!(
                "Puts the content of a former version in the place of the present one, as a \
                 change of its own: the ", $one, "'s history goes on. What the version refers to \
                 must still be there."
            ),
            security(("bearer" = [])),
            params($crate::extract::RecordPath, $crate::extract::IfMatch),
            request_body(content = consortia_domain::revision::Restoration,
                         example = $crate::routes::examples::restoration),
            responses(
                (status = 200, description = "It was restored.",
                 headers(("ETag" = String, description = "Its new version and digest.")),
                 body = $Shown, example = $crate::routes::examples::$example),
                $crate::routes::errors::ChangeErrors,
            )
        )]
        #[post("/{id}/revisions")]
        async fn $restore(
            state: actix_web::web::Data<$crate::state::State>,
            writer: $crate::auth::Writer,
            path: $crate::extract::RecordPath,
            if_match: $crate::extract::IfMatch,
            body: $crate::extract::Body<consortia_domain::revision::Restoration>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::restore::<$Record>(&state, &writer, path, if_match, body)
                .await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Withdraw ", $a),
            description = concat!(
                "For whose it is, when it should not have been registered. ", $delete_doc,
                " Reading it answers 410 with the reason, to anybody, so that should name no person; \
                 its history stays."
            ),
            security(("bearer" = [])),
            params($crate::extract::RecordPath, $crate::extract::IfMatch),
            request_body(content = consortia_domain::draft::Withdrawal,
                         example = $crate::routes::examples::withdrawal),
            responses(
                (status = 204, description = "It was withdrawn."),
                $crate::routes::errors::WithdrawErrors,
            )
        )]
        #[post("/{id}/withdrawal")]
        async fn $withdraw(
            state: actix_web::web::Data<$crate::state::State>,
            writer: $crate::auth::Writer,
            path: $crate::extract::RecordPath,
            if_match: $crate::extract::IfMatch,
            body: $crate::extract::Body<consortia_domain::draft::Withdrawal>,
        ) -> $crate::respond::Answer {
            $crate::respond::registered::withdraw::<$Record>(&state, &writer, path, if_match, body)
                .await
        }
    };

    (@instead) => { None };
    (@instead $instead:literal) => { Some($instead) };
    (@get external, $store:ident, $c:ident, $wanted:ident) => {
        consortia_db::$store::get($c, $wanted)
    };
    (@get own, $store:ident, $c:ident, $wanted:ident) => {
        match $wanted {
            consortia_domain::id::RecordRef::Id(id) => consortia_db::$store::get($c, (*id).into()),
            consortia_domain::id::RecordRef::External(external) => {
                Err(consortia_db::Error::NotFound {
                    kind: <Self as consortia_domain::record::Record>::KIND,
                    reference: external.to_string(),
                })
            }
        }
    };
}
pub(super) use operations;
