"""The floor's two pages: what must be on them and no more."""

LIST = """<!doctype html>
<title>Products</title>
<form><input name="q"><button>Search</button></form>
<p>{{ count }} products</p>
<table><tr><th>Name<th>SKU<th>Category<th>Price<th>Stock<th>Updated</tr>
{% for row in rows %}<tr><td><a href="/admin/products/{{ row.id }}">{{ row.name }}</a><td>{{ row.sku }}
<td>{{ row.category }}<td>{{ row.price }}<td>{{ row.quantity }}<td>{{ row.updated_at }}</tr>
{% endfor %}</table>
"""

FORM = """<!doctype html>
<title>{{ row.name }}</title>
<form method="post"><input type="hidden" name="csrf_token" value="{{ token }}">
{% for name in fields %}<label>{{ name }} <input name="{{ name }}" value="{{ row[name] }}"></label>
{% endfor %}<button>Save</button></form>
"""
