"""Products as everybody sees them: who may do what, what is listed, searched and said of them."""

from marshmallow import Schema, fields

from backend.core.registry import registry
from backend.core.resource import Action, Field, Resource, Selection, View
from backend.core.rights import permission
from backend.modules.catalogue.models import Product


class Discount(Schema):
    """What `apply_discount` takes."""

    percentage = fields.Decimal(required=True, metadata={"label": "Percentage", "description": "0 to 100", "unit": "%"})


class StockMove(Schema):
    """What `update_quantity` takes."""

    amount = fields.Integer(required=True, strict=True, metadata={"label": "Amount", "description": "May be negative"})


class LowStock(Schema):
    """What `low_stock` may be told."""

    threshold = fields.Integer(load_default=10, metadata={"label": "Below"})


class ByCategory(Schema):
    """What `by_category` must be told."""

    category = fields.String(required=True, metadata={"label": "Category"})


registry.register(
    Resource(
        model=Product,
        group="Catalogue",
        description="What the organisation offers, with price and stock.",
        title="name",
        fields={
            "sku": Field(label="SKU", description="Tells products of one account apart."),
            "price": Field(format="money", unit="€"),
            "quantity": Field(label="Stock"),
            "description": Field(format="long"),
            "image_url": Field(label="Picture on the web", format="url"),
            "picture": Field(description="PNG, JPEG, WebP or GIF, at most 5 MB."),
        },
        columns=("name", "sku", "category", "price", "quantity", "updated_at"),
        search=("name", "sku", "description"),
        sort=("id",),
        natural_key=("sku",),
        sections={"Price and stock": ("price", "quantity"), "Pictures": ("picture", "image_url")},
        views={"prices": View(fields=("name", "sku", "price"), label="Prices")},
        selections={
            "low_stock": Selection(
                needs_attention=True,
                criterion=lambda product, threshold: product.quantity < threshold,
                columns=("name", "sku", "quantity"),
                sort=("quantity",),
                label="Low stock",
                parameters=LowStock,
            ),
            "by_category": Selection(
                criterion=lambda product, category: product.category == category,
                columns=("name", "sku", "price"),
                sort=("name",),
                label="By category",
                parameters=ByCategory,
            ),
        },
        actions={
            "apply_discount": Action(run=Product.apply_discount, schema=Discount, label="Apply a discount"),
            "update_quantity": Action(run=Product.update_quantity, schema=StockMove, label="Move stock"),
        },
        rights={verb: permission(f"products:{verb}") for verb in ("read", "create", "update", "delete")},
    )
)
