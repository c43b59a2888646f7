# Gives the application to the emperor, which loads it again only when its ini is newer than before: a packaged file need
# not be.
begin_vassal() {
    touch {{ ini }}
    ln -sfn ../apps/{{ app }}.ini {{ vassal }}
}
