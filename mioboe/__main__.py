from mioboe.site.cli import main

main()
