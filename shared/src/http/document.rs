//! What each operation of the OpenAPI document says beyond its handler: who may call it, its
//! headers, and the statuses that the layers in front of it can answer.

use bytes::Bytes;
use utoipa::OpenApi as _;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::ErrorEnvelope;
use super::rule::{Access, Rule};
use crate::auth::internal;
use crate::service::{Service, TenantHeader};

const SCHEME: &str = "bearer";
const INTERNAL: &str = "internalKey";

/// The rule of some routes, and their description.
pub(super) type Described<S> = (Rule, fn() -> UtoipaMethodRouter<S>);

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(ErrorEnvelope)))]
struct Base;

/// The OpenAPI document of a service as JSON.
pub(super) fn write<S: Clone + Send + Sync + 'static>(service: &Service, described: &[Described<S>]) -> Bytes {
    let mut router = OpenApiRouter::with_openapi(Base::openapi());
    for (rule, routes) in described {
        let (schemas, mut paths, methods) = routes();
        describe(&mut paths, *rule, service);
        router = router.routes((schemas, paths, methods));
    }
    let mut document = OpenApiRouter::<S>::default().nest(service.base_path, router).into_openapi();
    let has_internal = described.iter().any(|(rule, _)| rule.access == Access::Internal);
    complete(&mut document, service, has_internal);
    document.to_json().map(Bytes::from).unwrap_or_default()
}

/// Describes `rule` on every operation of `paths`.
fn describe(paths: &mut Paths, rule: Rule, service: &Service) {
    for item in paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            let body = operation.request_body.is_some();
            let writes = method != "get";
            let mut answers = vec![
                (413, "The body is too large"),
                (500, "A fault on our side"),
                (503, "Busy; see `Retry-After`"),
                (504, "Took too long"),
            ];
            if body {
                answers.extend([
                    (400, "Not JSON, or a field breaks its rule"),
                    (415, "The body is not `application/json`"),
                ]);
            }
            if takes(operation, &ParameterIn::Query) {
                answers.push((400, "A parameter breaks its rule, or the cursor is of another list"));
            }
            if takes(operation, &ParameterIn::Path) {
                answers.push((404, "There is nothing here"));
            }
            let mut parameters = vec![header("x-request-id", "Echoed; made up if absent", false)];
            if let Access::Bearer { role, plan, own } = rule.access {
                answers.extend([
                    (401, "No token, an expired or a revoked one"),
                    (403, "Another tenant's header, too little role, or too low a plan"),
                ]);
                let required = service.tenant_header == TenantHeader::Required;
                parameters.push(header("x-tenant-id", "Must be the token's tenant", required));
                if writes {
                    answers.extend([
                        (400, "A malformed Idempotency-Key"),
                        (409, "A conflict, or an Idempotency-Key in use"),
                        (422, "An Idempotency-Key that was used with another body"),
                    ]);
                    parameters.push(text_header(
                        "Idempotency-Key",
                        "Makes a repeated request have its effect once, for 24 h",
                    ));
                }
                operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
                let mut extensions = ExtensionsBuilder::new();
                if let Some(role) = role {
                    extensions = extensions.add("x-required-role", role.name());
                    if own {
                        extensions = extensions.add("x-own-needs-no-role", true);
                    }
                }
                if let Some(plan) = plan {
                    extensions = extensions.add("x-required-plan", plan.name());
                }
                operation.extensions.get_or_insert_default().merge(extensions.build());
            } else if rule.access == Access::Internal {
                answers.push((401, "No internal key, or a wrong one"));
                operation.security = Some(vec![SecurityRequirement::new(INTERNAL, Vec::<String>::new())]);
            } else {
                operation.security = Some(Vec::new());
            }
            for (status, description) in answers {
                answer(operation, status, description);
            }
            operation.parameters.get_or_insert_default().extend(parameters.into_iter().map(RefOr::T));
        }
    }
}

/// Gives the document its name and its security schemes.
fn complete(document: &mut OpenApi, service: &Service, has_internal: bool) {
    service.title.clone_into(&mut document.info.title);
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    if has_internal {
        let key = ApiKey::Header(ApiKeyValue::new(internal::HEADER));
        components.add_security_scheme(INTERNAL, SecurityScheme::ApiKey(key));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// Whether the handler declares a parameter of this kind.
fn takes(operation: &Operation, kind: &ParameterIn) -> bool {
    let declared = operation.parameters.iter().flatten();
    declared.into_iter().any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == *kind))
}

/// Adds an error status, unless the handler describes it itself.
fn answer(operation: &mut Operation, status: u16, description: &str) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorEnvelope"))).build();
    let response = ResponseBuilder::new().description(description).content("application/json", content).build();
    operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
}

fn header(name: &str, description: &str, required: bool) -> Parameter {
    let uuid =
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if required { Required::True } else { Required::False })
        .description(Some(description))
        .schema(Some(uuid))
        .build()
}

fn text_header(name: &str, description: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text))
        .build()
}
