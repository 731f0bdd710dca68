from .article import Article
from .page import read_page
