"""What the demo data says. Places, bodies, titles and offers are real (a newspaper page of January 2024); residents, figures
and clock times are examples, and say so: 示例.
"""
